"""How it is done: one package per service."""
