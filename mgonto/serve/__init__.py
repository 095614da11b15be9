"""A SPARQL endpoint over the embedded engine: HTTP in front, queries in processes of their own behind it."""

__all__: list[str] = []
