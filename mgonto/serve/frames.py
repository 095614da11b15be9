"""What the server and its workers say to each other: short frames over a socket."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from typing import Any

__all__ = [
    "DATA",
    "END",
    "ERROR",
    "HEAD",
    "LAST",
    "QUESTION",
    "pack",
    "pack_json",
    "read_frame",
    "receive_frame",
]

#: A question; the head of its answer, a piece of it, its end; an error instead of it. LAST stands before an
#: end or an error after which the worker answers no more.
QUESTION, HEAD, DATA, END, ERROR, LAST = b"Q", b"H", b"D", b"E", b"X", b"L"
_HEADER = struct.Struct(">cI")


def pack(kind: bytes, content: bytes = b"") -> bytes:
    """A frame."""
    return _HEADER.pack(kind, len(content)) + content


def pack_json(kind: bytes, content: dict[str, Any]) -> bytes:
    """A frame that holds JSON."""
    return pack(kind, json.dumps(content).encode())


def receive_frame(connection: socket.socket) -> tuple[bytes, bytes] | None:
    """The next frame, waiting for it; None where the other side has gone."""
    header = _receive(connection, _HEADER.size)
    if header is None:
        return None
    kind, size = _HEADER.unpack(header)
    content = _receive(connection, size)
    return None if content is None else (kind, content)


def _receive(connection: socket.socket, size: int) -> bytes | None:
    done = bytearray()
    while len(done) < size:
        piece = connection.recv(min(size - len(done), 65_536))
        if not piece:
            return None
        done += piece
    return bytes(done)


async def read_frame(reader: asyncio.StreamReader) -> tuple[bytes, bytes] | None:
    """The next frame; None where the other side has gone."""
    try:
        kind, size = _HEADER.unpack(await reader.readexactly(_HEADER.size))
        return kind, await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
