"""A copy of each message on the other server before it is accepted, until it is where it goes (standard library)."""
