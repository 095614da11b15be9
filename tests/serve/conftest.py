"""A server for the tests of a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.hostile import Running, running

DATA = """
<urn:g:one> { <urn:x:a> a <urn:x:T> ; <urn:x:says> "één, \\"two\\"\\n three"@nl, 3.50, true . }
<urn:g:two> { <urn:x:b> a <urn:x:T> ; <urn:x:knows> [ <urn:x:says> "nobody" ] . }
<urn:g:three> { <urn:x:c> a <urn:x:T> . }
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three small graphs beside the bundled ones."""
    path = tmp_path_factory.mktemp("served") / "more.trig"
    path.write_text(DATA, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Running]:
    """A server over the bundled data and those graphs."""
    with running("--data", str(data), "--timeout", "30") as found:
        yield found
