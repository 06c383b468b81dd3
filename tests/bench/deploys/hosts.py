"""pyinfra's inventory of the bench's machines; the bench says which, in the environment."""

import os

_connection = {
    "ssh_user": "root",
    "ssh_key": os.environ["BENCH_KEY"],
    "ssh_config_file": os.environ["BENCH_SSH_CONFIG"],
    "ssh_known_hosts_file": os.environ["BENCH_KNOWN_HOSTS"],
    "ssh_strict_host_key_checking": "yes",
}
machines = [(name, _connection) for name in os.environ["BENCH_MACHINES"].split(",")]
