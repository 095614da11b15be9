"""The query library, the resolver of terms, and the path search."""

__all__: list[str] = []
