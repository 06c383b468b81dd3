"""Cisco IOS: an access switch of 24 ports."""
