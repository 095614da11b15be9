"""The suite on Virtuoso."""

from tests.conformance.suite import Conformance


class TestVirtuoso(Conformance):
    name = "virtuoso"
