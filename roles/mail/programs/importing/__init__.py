"""What runs on a mail server: the import of mailboxes from an old IMAP server. Standard library only."""
