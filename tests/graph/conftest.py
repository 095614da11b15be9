from pathlib import Path

import pytest

from tests.compiler.demo import Checkout


@pytest.fixture
def demo(tmp_path: Path) -> Checkout:
    """A checkout that compiles."""
    return Checkout(tmp_path / "checkout")
