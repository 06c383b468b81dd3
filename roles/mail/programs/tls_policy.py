#!/usr/bin/python3 -I
"""How well a mail server elsewhere must prove who it is, for Postfix (socketmap_table(5)): tls-policy SOCKET.

DANE comes first (RFC 8461, 2): where a server of the domain has TLSA records, Postfix proves it by them. Else what its
MTA-STS policy says, which the daemon at SOCKET fetches and keeps. That daemon alone would put MTA-STS over DANE.
"""

import asyncio
import os
import signal
import socket
import sys
from typing import Any

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

RESOLVER = "127.0.0.1"  # Unbound of this machine: what it says it has proved it has (AD)
FIRST = 3  # the descriptor of the socket that systemd opened (sd_listen_fds(3))
LONGEST = 100_000  # bytes of a request or an answer
PATIENCE = 20  # seconds for the MTA-STS daemon, which may have to fetch a policy
NONE = "NOTFOUND "
USABLE = (2, 3)  # the uses of a certificate that mail takes (RFC 7672, 3.1)
ENFORCED, TESTED = "enforced", "tested"  # zones of the MTA-STS daemon: the second answers for "testing" too


class Unknown(Exception):
    """What cannot be known now: the message waits."""


async def answer(domain: str, daemon: str) -> str:
    """What Postfix is to do with a domain, in the words of socketmap_table(5)."""
    name = domain.lower().rstrip(".")
    # An address in brackets, and the domain above, which Postfix asks about too: no policy speaks of those.
    if not name or name[0] in ".[" or ":" in name or name.replace(".", "").isdigit():
        return NONE
    try:
        proved = await by_dane(name)
        enforced = await said(daemon, ENFORCED, name)
        if proved:
            # Both: what has TLSA records is proved by them, what has none gets nothing.
            return "OK dane-only" if enforced else NONE
        if enforced:
            return enforced
        tested = await said(daemon, TESTED, name)
    except (Unknown, dns.exception.DNSException) as error:
        return f"TEMP {error}"
    # A policy that only tests changes nothing of how a message goes: it is reported (RFC 8460).
    return f"OK may {reported(tested)}" if tested else NONE


def reported(policy: str) -> str:
    """Of what the daemon says, the part for reports: from the first word of it on."""
    return "".join(policy.partition("policy_type=")[1:])


async def said(daemon: str, zone: str, name: str) -> str:
    """What the MTA-STS daemon says of a domain: nothing where there is no policy."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_unix_connection(daemon)
            try:
                writer.write(netstring(f"{zone} {name}"))
                text = await netstring_of(reader)
            finally:
                writer.close()
    except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise Unknown(f"MTA-STS cannot be asked: {error!r}") from error
    if text.startswith("OK "):
        return text
    if text.startswith("NOTFOUND"):
        return ""
    raise Unknown(f"MTA-STS: {text}")


async def by_dane(name: str) -> bool:
    """Whether a server that takes the domain's mail has TLSA records, or may have (their absence is not proved)."""
    found = await asked(name, "MX")
    if found.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        raise Unknown(f"MX of {name}: {dns.rcode.to_text(found.rcode())}")
    if not found.flags & dns.flags.AD:
        return False  # names that anybody could have written (RFC 7672, 2.2.1)
    servers = [str(each.exchange).rstrip(".") for each in records(found, "MX")] or [name]
    return any(await asyncio.gather(*map(has_tlsa, filter(None, servers))))


async def has_tlsa(server: str) -> bool:
    address = await asked(server, "A")
    if not address.flags & dns.flags.AD:
        return False  # so does Postfix: who does not sign its addresses has no TLSA, and may answer nothing when asked
    names = dict.fromkeys([server, str(address.canonical_name()).rstrip(".")]) if address.answer else {server: None}
    for each in names:
        tlsa = await asked(f"_25._tcp.{each}", "TLSA")
        if tlsa.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            return True  # Postfix asks too, and takes no server of which it does not know this
        if tlsa.flags & dns.flags.AD and any(record.usage in USABLE for record in records(tlsa, "TLSA")):
            return True
    return False


def records(found: dns.message.Message, kind: str) -> list[Any]:
    wanted = dns.rdatatype.from_text(kind)
    return [record for each in found.answer if each.rdtype == wanted for record in each]


async def asked(name: str, kind: str) -> dns.message.QueryMessage:
    """The resolver's answer."""
    try:
        query = dns.message.make_query(name, kind, use_edns=0, want_dnssec=False)
        query.flags |= dns.flags.AD
        found, _ = await dns.asyncquery.udp_with_fallback(query, RESOLVER, timeout=15)
    except (OSError, dns.exception.DNSException) as error:
        raise Unknown(f"{kind} of {name}: {error!r}") from error
    if not isinstance(found, dns.message.QueryMessage):
        raise Unknown(f"{kind} of {name}: no answer to a question")
    return found


def netstring(text: str) -> bytes:
    """As socketmap has it."""
    data = text.encode()
    return b"%d:%s," % (len(data), data)


async def netstring_of(reader: asyncio.StreamReader) -> str:
    """The next one; IncompleteReadError at the end, ValueError where it is none."""
    size = int((await reader.readuntil(b":"))[:-1])
    if not 0 <= size <= LONGEST:
        raise ValueError(f"a netstring of {size} bytes")
    data = await reader.readexactly(size + 1)
    if data[-1:] != b",":
        raise ValueError("a netstring without its comma")
    return data[:-1].decode()


async def serve(daemon: str) -> None:
    """Answer until systemd says otherwise."""

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                _, _, domain = (await netstring_of(reader)).partition(" ")
                reply = await answer(domain, daemon)
                if reply.startswith("TEMP"):
                    print(f"{domain}: {reply}", flush=True)
                writer.write(netstring(reply))
                await writer.drain()
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # who asked is gone, or asks nothing that can be understood
        finally:
            writer.close()

    if not os.environ.get("LISTEN_FDS"):
        sys.exit("mail-tls-policy.socket starts this")
    server = await asyncio.start_unix_server(answered, sock=socket.socket(fileno=FIRST), cleanup_socket=False)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
