"""Filters of packet sockets, in the kernel's classic BPF: which frames that come in wake us, or are only counted.

Offsets are in the frame as it came, without a tag: the kernel has taken it off, and says it beside the frame.
"""

import ctypes
import socket
import struct
from dataclasses import dataclass

SO_ATTACH_FILTER, SOL_PACKET, PACKET_STATISTICS = 26, 263, 6  # linux/filter.h, linux/if_packet.h
PACKET_AUXDATA, AUXDATA, VLAN_VALID = 8, "IIIHHHH", 0x10  # of the same: struct tpacket_auxdata, TP_STATUS_VLAN_VALID
ETH_P_ALL = 3
OUTGOING, PACKET_TYPE = 4, 0xFFFFF004  # SKF_AD_OFF + SKF_AD_PKTTYPE
WORD, HALF, BYTE, AND, EQUALS, RETURN = 0x20, 0x28, 0x30, 0x54, 0x15, 0x06

Check = tuple[int, int, int]  # how much is loaded, from where, and what it must be

BROADCAST: tuple[Check, ...] = ((WORD, 0, 0xFFFFFFFF), (HALF, 4, 0xFFFF))
BPDU: tuple[Check, ...] = ((WORD, 0, 0x0180C200), (HALF, 4, 0x0000))  # IEEE 802.1D
PVST: tuple[Check, ...] = ((WORD, 0, 0x01000CCC), (HALF, 4, 0xCCCD))  # Cisco's, one for each VLAN
LLDP: tuple[Check, ...] = ((WORD, 0, 0x0180C200), (HALF, 4, 0x000E))
FROM_DHCP_CLIENT: tuple[Check, ...] = ((HALF, 12, 0x0800), (BYTE, 23, 17), (HALF, 34, 68))
FROM_DHCP_SERVER: tuple[Check, ...] = ((HALF, 12, 0x0800), (BYTE, 23, 17), (HALF, 34, 67))
ARP: tuple[Check, ...] = ((HALF, 12, 0x0806),)


def program(*either: tuple[Check, ...], ours: bool = False) -> bytes:
    """Accept an incoming frame that passes all checks of any of these; without any, each frame to a group.

    Broadcast is a group too. `ours`: what the switch itself sends out of the port as well.
    """
    incoming = [(BYTE, 0, 0, PACKET_TYPE), (EQUALS, 0, 1, OUTGOING), (RETURN, 0, 0, 0)]
    steps: list[tuple[int, int, int, int]] = [] if ours else incoming
    for checks in either:
        for number, (size, where, value) in enumerate(checks):
            left = len(checks) - number - 1
            steps += [(size, 0, 0, where), (EQUALS, 0, 2 * left + 1, value)]
        steps.append((RETURN, 0, 0, 0xFFFF))
    if not either:
        steps += [(BYTE, 0, 0, 0), (AND, 0, 0, 1), (EQUALS, 0, 1, 1), (RETURN, 0, 0, 0xFFFF)]
    steps.append((RETURN, 0, 0, 0))
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def listening(interface: str, filter_: bytes) -> socket.socket:
    """A socket that has the frames of an interface that pass a filter. Raises OSError where there is no such one."""
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    try:
        steps = ctypes.create_string_buffer(filter_)
        link.setsockopt(
            socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", len(filter_) // 8, ctypes.addressof(steps))
        )
        link.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        link.bind((interface, ETH_P_ALL))
        link.setblocking(False)
    except OSError:
        link.close()
        raise
    return link


@dataclass(frozen=True)
class Heard:
    """A frame without its tag, the VLAN of its tag, and whether it is the switch that sent it."""

    data: bytes
    vlan: int | None
    ours: bool


def heard(link: socket.socket) -> Heard:
    """The next frame. Raises OSError: BlockingIOError where there is none, another one where the link went down."""
    data, beside, _, address = link.recvmsg(2048, socket.CMSG_SPACE(struct.calcsize(AUXDATA)))
    vlan = None
    for level, kind, value in beside:
        if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
            status, *_, tag, _ = struct.unpack_from(AUXDATA, value)
            vlan = (tag & 0xFFF) or None if status & VLAN_VALID else None
    return Heard(data, vlan, address[2] == OUTGOING)


def counting(interface: str, filter_: bytes) -> socket.socket:
    """A socket that nobody reads: the kernel counts for it, and wakes nobody."""
    link = listening(interface, filter_)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    return link


def counted(link: socket.socket) -> int:
    """The frames since the last question, those that found no room included."""
    frames, _ = struct.unpack("II", link.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
    return int(frames)
