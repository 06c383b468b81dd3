"""The least that any tool must do: one connection and one exec a host, all hosts side by side.

`python floor.py BATCH KEY KNOWN_HOSTS ADDRESS...`; BATCH is a JSON file with the command and its stdin. The same ssh
library as the engine's; it runs in a process of its own, so that the start of Python is counted too.
"""

import json
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import paramiko


def ask(address: str, key: str, known_hosts: str, command: str, stdin: bytes) -> int:
    """Run the command on a host; returns how many bytes it answered."""
    client = paramiko.SSHClient()
    client.load_host_keys(known_hosts)
    with client, socket.create_connection((address, 22)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.connect(
            address, username="root", key_filename=key, sock=connection, allow_agent=False, look_for_keys=False
        )
        writer, reader, _ = client.exec_command(command)
        writer.write(stdin)
        writer.channel.shutdown_write()
        answer = reader.read()
        reader.channel.recv_exit_status()
    return len(answer)


def main() -> None:
    batch, key, known_hosts, *addresses = sys.argv[1:]
    asked = json.loads(Path(batch).read_text())
    command, stdin = asked["command"], asked["stdin"].encode()
    with ThreadPoolExecutor(len(addresses)) as pool:
        answers = list(pool.map(lambda address: ask(address, key, known_hosts, command, stdin), addresses))
    print("answers of", *answers, "bytes")


if __name__ == "__main__":
    main()
