"""What became of TLS when we sent, told once a day to who asks for it in the DNS (TLS-RPT, RFC 8460)."""
