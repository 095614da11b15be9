"""When a question is asked again: where the server was busy or the connection lost, and in bounds."""

import itertools
import time
from email.utils import formatdate

import pytest

from mgonto.engine.remote import RemoteEngine
from mgonto.errors import EndpointError
from tests.engine.sites import JSON, rows, site

QUERY = "SELECT ?a { ?a ?b ?c }"


@pytest.fixture
def pauses(monkeypatch):
    """The pauses that were made, none of which lasts."""
    made: list[float] = []
    monkeypatch.setattr(time, "sleep", made.append)
    return made


def busy(asked, until=None):
    asked.send("busy", "text/plain", 503, **({} if until is None else {"Retry_After": until}))


def hung_up(asked):
    asked.handler.close_connection = True


def cut(asked):
    asked.start(200, {"Content-Type": JSON, "Content-Length": "5000"})
    asked.write(b"{")


def after(respond, times):
    """A server that answers badly so often, and then well."""
    return lambda asked: respond(asked) if asked.number < times else asked.send(rows("x"))


@pytest.mark.parametrize("respond", [busy, hung_up, cut])
def test_it_asks_again_till_there_is_an_answer(pauses, respond):
    with site(after(respond, 2)) as there:
        _, found = RemoteEngine(there.url, retries=2).select(QUERY)
        assert len(found) == 1 and len(there.seen) == 3
        assert len({each.body for each in there.seen}) == 1  # the same question
    assert len(pauses) == 2


@pytest.mark.parametrize("status", [429, 502, 503])
def test_it_gives_up_after_as_many_retries_as_were_allowed(pauses, status):
    with site(lambda asked: asked.send("not now", "text/plain", status)) as there:
        with pytest.raises(EndpointError, match=f"{status} .*: not now"):
            RemoteEngine(there.url, retries=3).select(QUERY)
        assert len(there.seen) == 4


def test_no_retries_at_all(pauses):
    with site(busy) as there:
        with pytest.raises(EndpointError):
            RemoteEngine(there.url, retries=0).select(QUERY)
        assert len(there.seen) == 1 and pauses == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 500, 501, 504, 507])
def test_what_the_server_refuses_is_not_asked_again(pauses, status):
    with site(lambda asked: asked.send("no", "text/plain", status)) as there:
        with pytest.raises(EndpointError, match=str(status)):
            RemoteEngine(there.url, retries=5).select(QUERY)
        assert len(there.seen) == 1 and pauses == []


def test_a_broken_answer_is_not_asked_for_again(pauses):
    with site(lambda asked: asked.send('{"head": }')) as there:
        with pytest.raises(EndpointError, match="broken"):
            RemoteEngine(there.url, retries=5).select(QUERY)
        assert len(there.seen) == 1


def test_the_pauses_grow_and_differ(pauses):
    with site(busy) as there:
        for _ in range(8):
            with pytest.raises(EndpointError):
                RemoteEngine(there.url, retries=3).select(QUERY)
    by_try = [pauses[at::3] for at in range(3)]
    for each, usual in zip(by_try, (0.25, 0.5, 1.0), strict=True):
        assert all(usual / 2 <= pause <= usual * 1.5 for pause in each)
        assert len(set(each)) > 1


@pytest.mark.parametrize("value", ["7", lambda: formatdate(time.time() + 7.5, usegmt=True)])
def test_the_server_may_say_how_long_to_wait(pauses, value):
    said = value if isinstance(value, str) else value()
    with site(after(lambda asked: busy(asked, said), 1)) as there:
        RemoteEngine(there.url).select(QUERY)
    assert len(pauses) == 1 and 5 < pauses[0] <= 8


@pytest.mark.parametrize("said", ["3600", "1e300", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_no_pause_goes_beyond_the_time_limit(pauses, said):
    with site(lambda asked: asked.send("later", "text/plain", 429, Retry_After=said)) as there:
        with pytest.raises(EndpointError, match="429 Too Many Requests: later"):
            RemoteEngine(there.url, timeout=30).select(QUERY)
        assert len(there.seen) == 1 and pauses == []


@pytest.mark.parametrize("said", ["soon", "-5", "", "nan"])
def test_a_retry_after_that_says_nothing_is_passed_over(pauses, said):
    with site(after(lambda asked: busy(asked, said), 1)) as there:
        RemoteEngine(there.url).select(QUERY)
    assert len(pauses) == 1 and 0 <= pauses[0] < 1


def test_a_server_that_starts_a_little_later_is_waited_for(monkeypatch):
    """The first connection is refused; by the second the server is there."""
    import http.client

    tries = itertools.count()
    connect = http.client.HTTPConnection.connect

    def late(connection):
        if next(tries) == 0:
            raise ConnectionRefusedError(111, "Connection refused")
        connect(connection)

    monkeypatch.setattr(http.client.HTTPConnection, "connect", late)
    with site(lambda asked: asked.send(rows("x"))) as there:
        assert len(RemoteEngine(there.url).select(QUERY)[1]) == 1
