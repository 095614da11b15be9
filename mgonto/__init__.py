"""mgonto: what a review says about magnesium and insulin resistance, as a knowledge base that can be asked.

>>> import mgonto
>>> kb = mgonto.load()
>>> kb.explain("magnesium deficiency", "insulin resistance").first().sign
1

Heavy things load when they are used: `import mgonto` itself loads next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mgonto.errors import (
    AmbiguousTerm,
    CompilationFailed,
    EndpointError,
    MgontoError,
    UnknownTerm,
    UsageError,
)

if TYPE_CHECKING:
    from mgonto.kb import KnowledgeBase, connect, load

__all__ = [
    "AmbiguousTerm",
    "CompilationFailed",
    "EndpointError",
    "KnowledgeBase",
    "MgontoError",
    "UnknownTerm",
    "UsageError",
    "__version__",
    "connect",
    "load",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in ("KnowledgeBase", "connect", "load"):
        from mgonto import kb

        return getattr(kb, name)
    raise AttributeError(f"module 'mgonto' has no attribute {name!r}")
