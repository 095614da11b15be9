"""Quads to a release: edges, deterministic bytes, build, export."""

__all__: list[str] = []
