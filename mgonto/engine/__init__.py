"""Where SPARQL runs, and how parameters get into a query."""

__all__: list[str] = []
