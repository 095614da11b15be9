"""The knowledge base that the global options ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mgonto.cli.settings import Settings
from mgonto.errors import UsageError

if TYPE_CHECKING:
    from mgonto.kb import KnowledgeBase

__all__ = ["open_kb"]


def open_kb(settings: Settings) -> KnowledgeBase:
    """The bundled data with the user's on top, or an endpoint.

    Raises:
        UsageError: both were asked for.
    """
    from mgonto.kb import connect, load

    if settings.endpoint:
        if settings.data:
            raise UsageError(
                "--data and --endpoint exclude each other", "load the files into the store, or leave one out"
            )
        return connect(settings.endpoint)
    return load(*settings.data)
