"""Many connections that ask again as soon as they were answered: a small client, so that nothing need be installed.

It costs a few percent of what the server costs, and the same for everything that is compared.
"""

import asyncio
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from time import perf_counter

from bench.house import HOST


@dataclass
class Round:
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    @property
    def p99(self) -> float:
        """In milliseconds."""
        return sorted(self.times)[math.ceil(len(self.times) * 0.99) - 1] * 1000


def get(port: int, path: str) -> bytes:
    return (
        f"GET {path} {_head(port)}Accept-Encoding: gzip, deflate, br\r\nAccept-Language: id\r\n\r\n".encode()
    )


def post(port: int, path: str, body: bytes, kind: str) -> bytes:
    head = f"POST {path} {_head(port)}Sec-Fetch-Site: same-origin\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _head(port: int) -> str:
    return f"HTTP/1.1\r\nHost: {HOST}:{port}\r\n"


def run(
    port: int, requests: Iterable[bytes], *, connections: int, seconds: float, expect: int = 200
) -> Round:
    """Until the requests or the time are used up; an answer other than `expect` counts as refused, not as done."""
    return asyncio.run(_run(port, iter(requests), connections, seconds, expect))


async def _run(port: int, requests: Iterator[bytes], connections: int, seconds: float, expect: int) -> Round:
    loop, done = asyncio.get_running_loop(), Round()
    start = perf_counter()

    def note(status: int, took: float) -> None:
        if status == expect:
            done.times.append(took)
        else:
            done.refused += 1

    def following() -> bytes | None:
        return next(requests, None) if perf_counter() - start < seconds else None

    callers = [
        (await loop.create_connection(lambda: _Caller(following, note), HOST, port))[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(caller.finished for caller in callers))
    done.seconds = perf_counter() - start
    return done


class _Caller(asyncio.Protocol):
    """Knows just enough HTTP to see where an answer ends."""

    def __init__(self, following: Callable[[], bytes | None], note: Callable[[int, float], None]) -> None:
        self._following, self._note = following, note
        self._answer = b""
        self.finished = asyncio.get_running_loop().create_future()

    def connection_made(self, transport) -> None:
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, blank, body = self._answer.partition(b"\r\n\r\n")
        if blank and len(body) >= _length(head):
            self._note(int(head[9:12]), perf_counter() - self._asked_at)
            self._ask()

    def connection_lost(self, error) -> None:
        if not self.finished.done():
            self.finished.set_result(None)

    def _ask(self) -> None:
        self._answer, self._asked_at = b"", perf_counter()
        request = self._following()
        if request is None:
            self._transport.close()
        else:
            self._transport.write(request)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
