"""netmiko's sessions, made quick: they wake up when a device has said something, instead of looking every so often.

netmiko sleeps between two looks, and looks for the prompt before each command: 100 ms a command on a device that
answers in one. Nothing is believed here that netmiko would not believe: an echo is awaited, then a prompt.
"""

import codecs
import re
import time
from typing import Any, cast

import paramiko
from netmiko import BaseConnection
from netmiko.exceptions import ReadException, ReadTimeout

from roles.network.known import Client

CHUNK = 65535


class Session(BaseConnection):
    """To be named before netmiko's driver among the bases of a platform's session."""

    _unfinished = ""  # a carriage return whose line feed is still on its way

    def _get_ssh_client_instance(self) -> paramiko.SSHClient:
        self._decoder = codecs.getincrementaldecoder(self.encoding)("ignore")
        return Client()

    def read_channel(self) -> str:
        """What has come until now."""
        return self._heard(0.0)

    def clear_buffer(self, *_waits: Any, **_options: Any) -> str:
        """The same: what comes later is behind the echo of the next command."""
        return self.read_channel()

    def read_until_pattern(  # type: ignore[override]  # the rest of its options is about its own loops
        self, pattern: str = "", read_timeout: float = 10.0, re_flags: int = 0, **_options: Any
    ) -> str:
        """What comes up to and including the pattern; what came after it is kept. Raises ReadTimeout."""
        wanted, deadline, heard = re.compile(pattern, re_flags), time.monotonic() + read_timeout, self.read_channel()
        while not (found := wanted.search(heard)):
            left = deadline - time.monotonic()
            if left <= 0:
                raise ReadTimeout(f"Pattern not detected: {pattern!r} in output: {heard[-200:]!r}")
            heard += self._heard(left)
        self._read_buffer = heard[found.end() :] + self._read_buffer
        return heard[: found.end()]

    def _heard(self, seconds: float) -> str:
        """What has come, once anything has, and after so long in any case. Raises ReadException at the end."""
        kept, self._read_buffer = self._read_buffer, ""
        channel = cast("paramiko.Channel | None", self.remote_conn)  # netmiko has others, which we do not use
        if channel is None:
            raise ReadException("Attempt to read, but there is no active channel.")
        if not (seconds or channel.recv_ready()):
            return kept
        channel.settimeout(seconds)
        try:
            came = channel.recv(CHUNK)
        except TimeoutError:
            return kept
        finally:
            channel.settimeout(self.blocking_timeout)
        if not came:
            raise ReadException("Channel stream closed by remote device.")
        while channel.recv_ready():
            came += channel.recv(CHUNK)
        text = self._unfinished + self._decoder.decode(came)
        whole = text.rstrip("\r")
        self._unfinished = text[len(whole) :]
        said = self.normalize_linefeeds(whole)
        if self.session_log:
            self.session_log.write(said)
        return kept + said
