"""The command line: one verb, one method of the knowledge base."""

__all__: list[str] = []
