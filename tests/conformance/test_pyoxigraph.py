"""The suite on Pyoxigraph."""

from tests.conformance.suite import Conformance


class TestPyoxigraph(Conformance):
    name = "pyoxigraph"
