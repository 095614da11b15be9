"""The layers of docs/architecture.md, held against the imports of the package."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "mgonto"
DOCUMENT = ROOT / "docs" / "architecture.md"
HEAVY = ("SPARQLWrapper", "networkx", "owlready2", "pandas", "pyshacl", "rdflib")


@dataclass(frozen=True)
class Layer:
    name: str
    places: tuple[str, ...]
    may_import: frozenset[str]


def read_layers(text: str) -> list[Layer]:
    """The rows of the table of layers, in order."""
    lines = (line.strip("|") for line in text.splitlines() if line.startswith("|"))
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    header, body = rows[0], rows[2:]
    assert header == ["Layer", "Where", "What it is", "May import"]
    return [
        Layer(name, tuple(re.findall(r"`([^`]+)`", where)), frozenset(re.findall(r"\w+", may)))
        for name, where, _, may in body
    ]


LAYERS = read_layers(DOCUMENT.read_text(encoding="utf-8"))
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_data" not in path.relative_to(PACKAGE).parts)
PATHS = frozenset(path.relative_to(ROOT).as_posix() for path in MODULES)


def layer_of(path: str) -> Layer | None:
    """The layer of a file, given relative to the root; None where no row names its place."""
    for layer in LAYERS:
        for place in layer.places:
            if path == place or (place.endswith("/") and path.startswith(place)):
                return layer
    return None


def file_of(module: str, paths: frozenset[str]) -> str | None:
    """The file of a dotted module name, or None where there is no such module."""
    stem = module.replace(".", "/")
    return next((path for path in (f"{stem}.py", f"{stem}/__init__.py") if path in paths), None)


def imported(path: str, source: str, paths: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Line and file of each module of the package that a source imports, wherever the import stands."""
    here = path.removesuffix(".py").split("/")  # a package's __init__ counts as a module inside it
    for node in ast.walk(ast.parse(source, path)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = here[: -node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            # what is imported from a package is a module of its own, or stands in the package
            names = [name if file_of(name := f"{base}.{a.name}", paths) else base for a in node.names]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "mgonto":
                yield node.lineno, file_of(name, paths) or name


def violations(path: str, source: str, paths: frozenset[str] = PATHS) -> list[str]:
    """What a source imports against the table, as `file:line: why`."""
    own = layer_of(path)
    if own is None:
        return [f"{path}: no layer of docs/architecture.md holds it"]
    found = []
    for line, target in imported(path, source, paths):
        other = layer_of(target)
        if other is None:
            found.append(f"{path}:{line}: imports {target}, which no layer holds")
        elif other != own and other.name not in own.may_import:
            found.append(f"{path}:{line}: {own.name} may not import {other.name} ({target})")
    return found


def declares_all(source: str) -> bool:
    """Whether a module says in `__all__` what is public."""
    return any(
        isinstance(target, ast.Name) and target.id == "__all__"
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    )


def star_imports(source: str) -> list[int]:
    """The lines of a source's star imports."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]


def test_table_flows_one_way() -> None:
    above: set[str] = set()
    for layer in LAYERS:
        assert layer.places, layer.name
        assert layer.may_import <= above, f"{layer.name} names a layer that does not stand above it"
        above.add(layer.name)
    assert len(above) == len(LAYERS)


def test_table_names_only_what_is_there() -> None:
    for layer in LAYERS:
        for place in layer.places:
            assert (ROOT / place).exists(), f"docs/architecture.md names {place}"


@pytest.mark.parametrize("path", sorted(PATHS))
def test_imports_keep_to_the_layers(path: str) -> None:
    assert violations(path, (ROOT / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sorted(PATHS))
def test_module_says_what_is_public(path: str) -> None:
    source = (ROOT / path).read_text(encoding="utf-8")
    assert star_imports(source) == []
    # __main__ is run, never imported
    assert declares_all(source) or path.endswith("__main__.py"), f"{path} has no __all__"


@pytest.mark.parametrize(
    "source",
    [
        "import mgonto.kb",
        "from mgonto.kb import KnowledgeBase",
        "from mgonto import kb",
        "from .. import kb",
        "from ..kb import KnowledgeBase",
        "def f():\n    from mgonto.kb import KnowledgeBase",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from mgonto.kb import KnowledgeBase",
        "from mgonto import load",
        "from mgonto.nowhere import x",
    ],
)
def test_an_import_against_the_flow_is_found(source: str) -> None:
    paths = frozenset({"mgonto/__init__.py", "mgonto/kb.py", "mgonto/errors.py", "mgonto/graph/edges.py"})
    assert len(violations("mgonto/graph/edges.py", source, paths)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from mgonto.errors import MgontoError",
        "from mgonto import errors",
        "from ..errors import MgontoError",
        "from .build import build",
        "import rdflib",
    ],
)
def test_an_import_with_the_flow_passes(source: str) -> None:
    names = ("__init__", "errors", "graph/edges", "graph/build")
    paths = frozenset(f"mgonto/{name}.py" for name in names)
    assert violations("mgonto/graph/edges.py", source, paths) == []


def test_a_file_outside_every_layer_is_found() -> None:
    assert violations("mgonto/stray/thing.py", "") != []


def test_the_checks_of_style_can_fail() -> None:
    assert star_imports("from mgonto.names import *") == [1]
    assert not declares_all("def f(): ...\n")
    assert declares_all("__all__: list[str] = []\n")


def test_import_loads_nothing_heavy() -> None:
    code = f"import sys, mgonto; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_map_of_the_repository_is_true() -> None:
    listed = set(re.findall(r"^    ([\w.]+)/ {2,}", DOCUMENT.read_text(encoding="utf-8"), re.M))
    missing = sorted(name for name in listed if not (ROOT / name).is_dir())
    assert missing == [], "docs/architecture.md lists folders that are not there"
    if not (ROOT / ".git").exists():
        return  # an unpacked sdist: what else lies there is its owner's
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {path.partition("/")[0] for path in tracked.splitlines() if "/" in path}
    folders = {name for name in folders if not name.startswith(".")}
    assert folders <= listed, "docs/architecture.md lists no word on these folders"
