"""What the package carries, and that its version is one version."""

import re
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
import yaml

import mgonto
from mgonto.errors import MgontoError
from mgonto.resources import DataName, checkout_root, data_dir

ROOT = Path(__file__).resolve().parent.parent
DATA: tuple[DataName, ...] = ("ontology", "shapes", "queries", "release")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout with the build tools that are installed."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = out.glob("*.whl")
    return path


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_wheel_carries_all_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        for data in DATA:
            prefix = f"mgonto/_data/{data}/"
            carried = {name.removeprefix(prefix) for name in names if name.startswith(prefix)}
            assert carried == files_below(ROOT / data), data
            assert carried, f"{data} is empty"
        assert archive.read("mgonto/_data/release/mgonto.trig") == (ROOT / "release/mgonto.trig").read_bytes()


@pytest.mark.slow
def test_wheel_carries_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert "mgonto/py.typed" in names
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mgonto").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == sources
    assert {name.split("/")[0] for name in names} == {"mgonto", f"mgonto-{mgonto.__version__}.dist-info"}


@pytest.mark.slow
def test_wheel_says_what_it_is(wheel: Path) -> None:
    info = f"mgonto-{mgonto.__version__}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        metadata = Parser().parsestr(archive.read(f"{info}/METADATA").decode())
        entry_points = archive.read(f"{info}/entry_points.txt").decode()
        names = set(archive.namelist())
    assert metadata["Version"] == mgonto.__version__
    assert metadata["License-Expression"] == "MIT AND CC-BY-4.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert set(metadata.get_all("Provides-Extra", [])) == {
        *("reason", "web", "pandas", "draw", "graph", "fast", "server", "test", "all")
    }
    assert "mgonto = mgonto.cli.main:run" in entry_points
    for name in ("LICENSE", "NOTICE", "LICENSES/CC-BY-4.0.txt", "ontology/LICENSE", "evidence/LICENSE"):
        assert f"{info}/licenses/{name}" in names


def test_version_is_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    # the project's version is read from the package, and stands nowhere else in pyproject.toml
    assert "version" not in project["project"] and "version" in project["project"]["dynamic"]
    assert project["tool"]["hatch"]["version"]["path"] == "mgonto/__init__.py"

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == mgonto.__version__

    header = (ROOT / "ontology" / "mgonto.ttl").read_text(encoding="utf-8")
    assert re.findall(r'owl:versionInfo\s+"([^"]+)"', header) == [mgonto.__version__]

    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[([^\]]+)\]", changes, re.M)
    assert newest is not None and newest.group(1) == mgonto.__version__


def test_citation_has_what_the_format_demands() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["authors"] and citation["message"] and citation["title"]
    (article,) = citation["references"]
    assert article["type"] == "article" and article["authors"]
    assert re.fullmatch(r"10\.\d{4,9}/\S+", article["doi"])


@pytest.mark.parametrize("name", DATA)
def test_data_is_found_in_the_checkout(name: DataName) -> None:
    assert data_dir(name) == ROOT / name
    assert checkout_root() == ROOT


def test_missing_data_is_an_error_with_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mgonto.resources._PACKAGE", tmp_path / "mgonto")
    monkeypatch.setattr("mgonto.resources.checkout_root", lambda: None)
    with pytest.raises(MgontoError, match="'shapes'") as caught:
        data_dir.__wrapped__("shapes")
    assert caught.value.hint


def test_data_inside_the_package_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = tmp_path / "mgonto" / "_data" / "queries"
    packaged.mkdir(parents=True)
    monkeypatch.setattr("mgonto.resources._PACKAGE", tmp_path / "mgonto")
    assert data_dir.__wrapped__("queries") == packaged
    assert checkout_root.__wrapped__() is None


def quick_start(readme: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / ".ci" / "quick_start.py"), str(readme)]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_readme_starts_with_two_commands() -> None:
    done = quick_start(ROOT / "README.md")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]'"
        ' && .venv/bin/mgonto explain "magnesium deficiency" "insulin resistance"',
        ".venv/bin/python -m pytest",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "## Quick start\n```\none\n```\n",
        "## Quick start\n```\none\ntwo\nthree\n```\n",
        "## Quick start\n\n## Next\n```\none\ntwo\n```\n",
        "```\n## Quick start\n```\n```\none\ntwo\n```\n",
    ],
)
def test_another_number_of_commands_is_refused(tmp_path: Path, text: str) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(text, encoding="utf-8")
    assert quick_start(readme).returncode == 1
