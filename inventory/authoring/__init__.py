"""New entries of the inventory: questions in, a checked change of its files out."""
