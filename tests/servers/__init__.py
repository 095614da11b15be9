"""What the tests of servers share."""

import pytest

from tests.conftest import IN_CI
from tools.servers import missing


def need(name: str) -> None:
    """Skip the test where the engine cannot be had; in CI fail it."""
    reason = missing(name)
    if reason and IN_CI:
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
