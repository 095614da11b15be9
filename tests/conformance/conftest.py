"""Assertions of the suite tell what differs, as those in test modules do."""

import pytest

pytest.register_assert_rewrite("tests.conformance.suite")
