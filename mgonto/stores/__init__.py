"""Loading into triple stores: where each takes what, what it must be spared, and how a load is proven."""

__all__: list[str] = []
