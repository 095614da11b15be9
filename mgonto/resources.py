"""Where the data files are: inside an installed package, or beside it in a checkout.

A wheel carries the data under ``mgonto/_data``; a checkout (and an editable install, which points at one)
has the same folders at its root. Everything that reads a data file asks here, so nothing else needs to know.
"""

import re
from functools import cache
from pathlib import Path
from typing import Literal

from mgonto.errors import MgontoError

__all__ = ["DataName", "checkout_root", "data_dir", "release_version"]

DataName = Literal["ontology", "shapes", "queries", "release"]

_PACKAGE = Path(__file__).resolve().parent


@cache
def checkout_root() -> Path | None:
    """Return the root of the checkout this package runs from, or None where it runs from a wheel.

    The folder above the package is a checkout if it holds both ``pyproject.toml`` and ``evidence/``;
    no folder of installed packages does.

    >>> root = checkout_root()
    >>> root is None or (root / "pyproject.toml").is_file()
    True
    """
    root = _PACKAGE.parent
    return root if (root / "pyproject.toml").is_file() and (root / "evidence").is_dir() else None


@cache
def data_dir(name: DataName) -> Path:
    """Return the folder that holds one kind of data: ontology, shapes, queries or release.

    The data inside the package comes first, then the checkout's. Raises MgontoError where neither has it,
    which means a broken installation.

    >>> data_dir("ontology").name
    'ontology'
    >>> data_dir("ontology").is_dir()
    True
    """
    packaged = _PACKAGE / "_data" / name
    if packaged.is_dir():
        return packaged
    root = checkout_root()
    if root is not None and (root / name).is_dir():
        return root / name
    raise MgontoError(
        f"the folder {name!r} of mgonto's data is missing",
        "Install mgonto again, or run it from a complete checkout.",
    )


@cache
def release_version() -> str:
    """The version of the bundled ontology, and so of the release.

    >>> release_version().count(".")
    2
    """
    source = (data_dir("ontology") / "mgonto.ttl").read_text(encoding="utf-8")
    found = re.search(r'owl:versionInfo\s+"([^"]*)"', source)
    return found[1] if found else ""
