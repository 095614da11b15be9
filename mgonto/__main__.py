"""`python -m mgonto`: the command line."""

from __future__ import annotations

from mgonto.cli.main import run

__all__: list[str] = []

if __name__ == "__main__":
    run()
