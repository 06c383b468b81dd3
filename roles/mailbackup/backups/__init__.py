"""What runs on a mail server: the hourly backup of its mail, and the restore of a part of it. Standard library only."""
