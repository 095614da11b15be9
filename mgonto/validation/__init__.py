"""Validation: shapes and checks over data, by two engines that must agree; every finding at its place."""

__all__: list[str] = []
