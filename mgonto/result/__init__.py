"""What answers are made of: frozen records and `Results`."""

__all__: list[str] = []
