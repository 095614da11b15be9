"""The verb that serves: a SPARQL endpoint for tools that want one."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mgonto.cli.settings import Settings, knowledge_base
from mgonto.errors import UsageError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command()(serve)


def serve(
    ctx: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 7878,
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than yours can ask only where you say so.")
    ] = "127.0.0.1",
    cors: Annotated[
        list[str] | None, typer.Option(help='Web pages that may read answers: their origin, or "*".')
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A further name that the server is called by.")
    ] = None,
    max_concurrent: Annotated[
        int, typer.Option(min=1, max=64, help="Queries at a time; others wait for their turn.")
    ] = 2,
    max_query: Annotated[int, typer.Option(min=1024, help="Bytes that a query may have.")] = 65_536,
    max_memory: Annotated[
        int, typer.Option(min=64, help="Megabytes that a query may take beside the data.")
    ] = 1024,
) -> None:
    """Serve the data as a SPARQL endpoint, to read only, until Ctrl-C; --timeout bounds each query."""
    from mgonto.serve.limits import Limits
    from mgonto.serve.server import is_open
    from mgonto.serve.server import serve as run

    settings: Settings = ctx.obj
    if settings.endpoint:
        raise UsageError("serve has data of its own", "leave --endpoint out; --data FILE adds data")

    def ready(address: str) -> None:
        print(f"{address}\n  Ctrl-C ends it", file=sys.stderr, flush=True)
        if is_open(host) and not settings.quiet:
            print("  other machines can ask it: it has no password and no TLS", file=sys.stderr, flush=True)

    run(
        knowledge_base(settings).store(),
        host,
        port,
        Limits(settings.timeout, max_concurrent, 16 * max_concurrent, max_query, max_memory << 20),
        tuple(cors or ()),
        tuple(allow_host or ()),
        ready,
    )
