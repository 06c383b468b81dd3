"""Test equipment: what the lab plays because it is not ours, or is not a Debian host. The product never imports it."""
