"""What people may send to the outside: how far, how much, and what is held. It runs on the mail server, without pip."""
