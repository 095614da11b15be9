"""What people write and mgonto reads: articles, sentence indexes, terms and curated statements.

Each module stands on its own; import from it directly, so that nothing is loaded that is not used.
"""

__all__: list[str] = []
