"""What a pull request means: read from git, compared as typed models, said in words, written for a forge."""
