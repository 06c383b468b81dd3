"""A line with a delay, on this machine's loopback: `python delay.py MILLISECONDS LISTEN:PORT TO:PORT`.

The delay is one way, the bandwidth is not limited. A kernel without netem (the lab's) is why this is not `tc`; used on
every kernel, so that figures compare. The round trip of TCP's own handshake, which a proxy's caller does not see, is
added before the first byte.
"""

import asyncio
import contextlib
import sys

Pipe = asyncio.Queue[tuple[float, bytes]]


async def read(source: asyncio.StreamReader, pipe: Pipe, delay: float, start: float) -> None:
    """Note when each byte must come out; an empty one is the end."""
    clock = asyncio.get_running_loop().time
    data = b"-"
    while data:
        data = await source.read(65536)
        pipe.put_nowait((max(clock() + delay, start), data))


async def write(pipe: Pipe, sink: asyncio.StreamWriter) -> None:
    """Let each byte out at its time."""
    clock = asyncio.get_running_loop().time
    while True:
        at, data = await pipe.get()
        await asyncio.sleep(max(0, at - clock()))
        if not data:
            break
        sink.write(data)
    with contextlib.suppress(OSError):  # the other end is gone already
        sink.write_eof()


async def main() -> None:
    delay = float(sys.argv[1]) / 1000
    (here, port), (there, far_port) = (end.rsplit(":", 1) for end in sys.argv[2:4])

    async def carry(near_reader: asyncio.StreamReader, near_writer: asyncio.StreamWriter) -> None:
        # SYN there, SYN-ACK back, ACK there: only then does the far end know of the call, and speak.
        connected = asyncio.get_running_loop().time() + 3 * delay
        outward: Pipe = asyncio.Queue()
        reading = asyncio.create_task(read(near_reader, outward, delay, connected))
        await asyncio.sleep(3 * delay)
        far_reader, far_writer = await asyncio.open_connection(there, far_port)
        homeward: Pipe = asyncio.Queue()
        with contextlib.suppress(OSError):
            await asyncio.gather(
                *(reading, read(far_reader, homeward, delay, connected)),
                *(write(outward, far_writer), write(homeward, near_writer)),
            )
        for writer in (near_writer, far_writer):
            writer.close()

    server = await asyncio.start_server(carry, here, int(port))
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
