"""Make the environment of the servers, and say which of them can be had: `python -m tools.servers`."""

from __future__ import annotations

import sys

from tools.servers.engines import ENGINES
from tools.servers.environment import env_directory, make_environment
from tools.servers.process import ServerError


def main() -> int:
    """0 where all servers can be had, 1 where one is missing, 2 where the environment cannot be made."""
    try:
        make_environment()
    except ServerError as error:
        print(f"servers: {error}\n  {error.hint}", file=sys.stderr)
        return 2
    print(f"environment: {env_directory()}")
    reasons = {name: engine.missing() for name, engine in ENGINES.items()}
    for name, reason in reasons.items():
        print(f"{name + ':':12} {reason or 'ready'}")
    return 1 if any(reasons.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
