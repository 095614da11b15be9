"""The suite on rdflib."""

from tests.conformance.engines import RdflibEngine, Subject
from tests.conformance.suite import Conformance


class TestRdflib(Conformance):
    name = "rdflib"

    def test_no_query_of_all_these_took_half_a_minute(self, far: Subject) -> None:
        # It keeps much of the order that it reads: a query that names the wrong thing first never ends.
        assert isinstance(far.engine, RdflibEngine)
        assert far.engine.slowest < 30
