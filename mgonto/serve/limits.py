"""What a server gives at most: sizes, seconds and numbers, in one place."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one server; each is there so that no client can take more.

    Args:
        timeout: seconds a query may take.
        concurrent: queries at a time, each in a process of its own.
        waiting: queries that may wait for their turn; the next is sent away with 503.
        query: bytes of a query.
        memory: bytes that one query may take beyond the data.
        answer: bytes of an answer.
        kept: bytes of an answer that are kept for a slow reader before the query has to wait for it.
        head: seconds until the head of a request must be there.
        body: seconds until its body must be there.
        stall: seconds that a reader may read nothing.
        connections: connections at a time.
        grace: seconds that running queries get when the server is told to stop.
        headers: bytes of the headers of a request.
    """

    timeout: float = 60.0
    concurrent: int = 2
    waiting: int = 32
    query: int = 65_536
    memory: int = 1 << 30
    answer: int = 1 << 28
    kept: int = 1 << 23
    head: float = 10.0
    body: float = 10.0
    stall: float = 30.0
    connections: int = 256
    grace: float = 5.0
    headers: int = 16_384
