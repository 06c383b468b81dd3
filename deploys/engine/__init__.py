"""Plan and deploy for people: pyinfra's own objects, with a short output, a whole log, and hosts that fail alone."""
