"""What the unit tests share."""

from gevent import monkey

# pyinfra's command patches the whole standard library when it is imported, and pyinfra-testing imports it. Threads must
# stay real here: pytest-xdist and netmiko use them. What runs under gevent (the engine) is tested in its own process.
monkey.patch_all = lambda **_: None
