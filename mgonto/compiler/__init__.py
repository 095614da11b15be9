"""Sources to checked records to quads; every problem with its file, line and column."""

__all__: list[str] = []
