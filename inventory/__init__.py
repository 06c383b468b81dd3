"""What is wanted: the data that people edit and the typed model that loads it."""
