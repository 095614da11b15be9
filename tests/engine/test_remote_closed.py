"""A server that drops the connection instead of reading a body: what it says without one is what is told."""

import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from mgonto.engine.remote import RemoteEngine
from mgonto.errors import EndpointError

_RESET = struct.pack("ii", 1, 0)


def _answer(listener: socket.socket, said: bytes) -> None:
    """Says so to a HEAD, and resets whatever brings a body."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        if not connection.recv(65536).startswith(b"HEAD"):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        else:
            connection.sendall(b"HTTP/1.1 " + said + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.close()


@pytest.fixture
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_answer, args=(listener, request.param), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"


@pytest.mark.parametrize("address", [b"401 Unauthorized"], indirect=True)
def test_a_refusal_is_told_where_the_body_was_not_read(address: str) -> None:
    with pytest.raises(EndpointError, match="401"):
        RemoteEngine(address, retries=0).select("SELECT * { ?s ?p ?o }")


@pytest.mark.parametrize("address", [b"200 OK"], indirect=True)
def test_a_connection_that_is_lost_otherwise_is_told_as_lost(address: str) -> None:
    with pytest.raises(EndpointError, match="closes the connection"):
        RemoteEngine(address, retries=0).select("SELECT * { ?s ?p ?o }")
