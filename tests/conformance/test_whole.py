"""The suite leaves nothing out: every public helper is asked, and what is known to differ is written down."""

from mgonto.query.library import Library
from tests.conformance.cases import HELPERS, ON_FILES_ONLY, QUERY_CASES, helper_names
from tests.conformance.engines import NAMES
from tests.conformance.suite import read_known


def test_every_public_helper_is_asked_or_said_to_need_files():
    asked = {case.partition(",")[0] for case in HELPERS}
    assert asked | set(ON_FILES_ONLY) == helper_names()
    assert not asked & set(ON_FILES_ONLY)


def test_every_query_of_the_library_is_asked():
    assert {name for name, _ in QUERY_CASES} == set(Library())


def test_what_is_known_to_differ_names_an_engine_a_case_and_a_reason():
    cases = {f"{name}, {case}" for name, case in QUERY_CASES}
    for (engine, case), reason in read_known().items():
        assert engine in NAMES and case in cases and reason
