"""The server: it takes an address, starts those who answer, and ends when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyoxigraph as ox

from mgonto.errors import MgontoError, UsageError
from mgonto.names import SERVER
from mgonto.serve.limits import Limits

__all__ = ["bind", "is_open", "serve"]


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens on an address; port 0 takes a free one.

    Raises:
        UsageError: no such host.
        MgontoError: the address is taken, or not to be had.

    >>> with bind("127.0.0.1", 0) as taken:
    ...     taken.getsockname()[1] > 0
    True
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise UsageError(
            f"there is no host {host!r}", "use 127.0.0.1, or an address of this machine"
        ) from error
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise MgontoError(
            f"cannot listen on {host}:{port}: {(error.strerror or str(error)).lower()}",
            "end what uses it, or choose another with --port; --port 0 takes a free one",
        ) from error
    return listener


def serve(
    store: ox.Store,
    host: str = "127.0.0.1",
    port: int = 7878,
    limits: Limits | None = None,
    origins: Sequence[str] = (),
    hosts: Sequence[str] = (),
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Answer SPARQL queries over HTTP until SIGINT or SIGTERM comes.

    Args:
        store: the data; nothing changes them.
        host, port: where to listen.
        limits: how much.
        origins: web pages that may read answers.
        hosts: further names in Host that are answered.
        ready: is told the address of the endpoint.

    Raises:
        MgontoError: uvicorn or starlette is not installed, no such system call, or the address is taken.
    """
    limits = limits or Limits()
    try:
        import starlette as _starlette
        import uvicorn
    except ImportError as error:
        raise MgontoError(
            f"mgonto serve needs {error.name}, which is not installed", "pip install 'mgonto[web]'"
        ) from error
    if not hasattr(os, "fork"):
        raise MgontoError(
            "mgonto serve needs a system that can fork", "use Linux, macOS or the Linux subsystem of Windows"
        )
    del _starlette, uvicorn
    from mgonto.serve.description import graph_sizes
    from mgonto.serve.nursery import start_nursery

    listener = bind(host, port)
    place = _place(listener)
    sizes = graph_sizes(store)
    nursery, orders = start_nursery(store, limits, listener)
    try:
        asyncio.run(
            _serve(
                listener,
                orders,
                limits,
                _hosts(listener, host, hosts),
                frozenset(origins),
                sizes,
                lambda: ready(f"http://{place}/sparql"),
            )
        )
    finally:
        orders.close()
        listener.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(nursery, 0)


async def _serve(
    listener: socket.socket,
    orders: socket.socket,
    limits: Limits,
    hosts: frozenset[str] | None,
    origins: frozenset[str],
    sizes: dict[str, int],
    ready: Callable[[], None],
) -> None:
    import uvicorn

    from mgonto.serve.app import Site, make_app
    from mgonto.serve.guarded import guarded
    from mgonto.serve.pool import Pool

    # What clients do wrong is told to them; it is no news for whoever started the server.
    logging.getLogger("uvicorn").addHandler(logging.NullHandler())
    pool = Pool(orders, limits)
    await pool.start()
    config = uvicorn.Config(
        make_app(pool, Site(hosts, origins, sizes), limits),
        http=guarded(limits),
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        headers=[("server", SERVER)],  # by which mgonto.connect leaves the wording to it
        proxy_headers=False,
        h11_max_incomplete_event_size=3 * limits.query + limits.headers + 8192,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=max(1, round(limits.grace)),
    )

    class Server(uvicorn.Server):
        """uvicorn's server, which says when it is ready and takes a signal as a wish, not as a death."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            ready()

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            both = (signal.SIGINT, signal.SIGTERM)
            before: dict[int, Any] = {each: signal.signal(each, self.handle_exit) for each in both}
            try:
                yield
            finally:
                for each, handler in before.items():
                    signal.signal(each, handler)

    server = Server(config)

    async def watch() -> None:
        await pool.gone.wait()
        server.should_exit = True

    watching = asyncio.create_task(watch())
    try:
        await server.serve(sockets=[listener])
    finally:
        watching.cancel()
        await pool.stop()
    if pool.gone.is_set():
        raise MgontoError("the process that held the data has ended", "start the server again")


def is_open(host: str) -> bool:
    """Whether other machines reach an address.

    >>> is_open("127.0.0.1"), is_open("localhost"), is_open("0.0.0.0")
    (False, False, True)
    """
    try:
        return not ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.lower() != "localhost"


def _place(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _hosts(listener: socket.socket, host: str, more: Sequence[str]) -> frozenset[str] | None:
    """The names that are answered; None for any: it is open to other machines and no name is told."""
    if is_open(listener.getsockname()[0]) and not more:
        return None
    own = {"localhost", "127.0.0.1", "[::1]", host.lower(), f"[{host.lower()}]"}
    return frozenset(own | {each.lower() for each in more})
