"""What Radicale asks of us: whether a password is right, who may do what, and where what is shared stands."""
