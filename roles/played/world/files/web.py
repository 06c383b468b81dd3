#!/usr/bin/python3
"""The HTTPS servers of the played world: pages by path. `world-web SETTINGS`."""

import json
import os
import socket
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def handler(pages: dict[str, str]) -> type[BaseHTTPRequestHandler]:
    """What answers at one server."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def do_GET(self) -> None:
            page = pages.get(self.path)
            body = (page or "").encode()
            self.send_response(404 if page is None else 200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


class Server(ThreadingHTTPServer):
    """HTTPS, the handshake in the thread of its connection: who is silent keeps nobody waiting."""

    tls: ssl.SSLContext

    def finish_request(self, request: socket.socket, client_address: object) -> None:
        """Encrypt, then answer."""
        request.settimeout(30)
        with self.tls.wrap_socket(request, server_side=True) as encrypted:
            super().finish_request(encrypted, client_address)

    def handle_error(self, _request: object, client_address: object) -> None:
        """A stranger's mistake is one line."""
        print(client_address, repr(sys.exception()), file=sys.stderr)


def main() -> None:
    """Listen at the address of each server until the end."""
    given = json.loads(Path(sys.argv[1]).read_text())
    for server in given["web"]:
        made = Server((server["address"], 443), handler(server["pages"]))
        made.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        made.tls.load_cert_chain(Path(given["certificates"]) / f"{server['name']}.pem", given["key"])
        threading.Thread(target=made.serve_forever).start()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
        door.connect(os.environ["NOTIFY_SOCKET"].replace("@", "\0", 1))
        door.send(b"READY=1")
    threading.Event().wait()


if __name__ == "__main__":
    main()
