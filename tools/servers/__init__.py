"""Real SPARQL servers for tests and benchmarks, on loopback, with data that is thrown away.

    from tools.servers import oxigraph

    with oxigraph() as server:
        ...  # ask server.query_url, load through server.store_url

Each context manager starts one server on a free port of 127.0.0.1, waits till it answers, and ends it by its
process id, whatever happens in between. `missing()` says why an engine cannot be had here; the environment
that Oxigraph and ARQ run from is made by `python -m tools.servers`.
"""

from tools.servers.engines import ENGINES, Engine, arq, missing, oxigraph, virtuoso
from tools.servers.process import Quirks, Server, ServerError

__all__ = ["ENGINES", "Engine", "Quirks", "Server", "ServerError", "arq", "missing", "oxigraph", "virtuoso"]
