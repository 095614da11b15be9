"""Size, time, memory and number: each has an end, and the server answers afterwards."""

import contextlib
import json
import os
import resource
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyoxigraph as ox
import pytest

from benchmarks.hostile import running
from mgonto.serve.limits import Limits
from mgonto.serve.worker import _shut_in
from tests.serve.talking import get, post, raw, talk

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
HUNGRY = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?f"


@pytest.fixture(scope="module")
def server(data):
    with running("--data", str(data), "--timeout", "3", "--max-memory", "256") as found:
        yield found


def answers(server):
    return json.loads(get(server, "ASK {}").body)["boolean"]


def test_a_query_past_its_time_is_ended_and_the_next_is_answered(server):
    begun = time.monotonic()
    reply = get(server, ENDLESS)
    assert reply.status == 504 and "3 s" in reply.text
    assert 2.9 < time.monotonic() - begun < 6
    assert answers(server)


def test_a_query_that_wants_too_much_memory_ends_alone(server):
    reply = get(server, HUNGRY)
    assert reply.status == 507 and "memory" in reply.text
    assert answers(server)


def test_an_answer_without_end_breaks_off_so_that_its_reader_knows(server):
    got = raw(
        server, b"GET /sparql?query=%b HTTP/1.1\r\nHost: localhost\r\n\r\n" % LONG.replace(" ", "+").encode()
    )
    assert got.startswith(b"HTTP/1.1 200") and b"transfer-encoding: chunked" in got.lower()
    assert len(got) > 1 << 20
    assert not got.endswith(b"0\r\n\r\n")  # the end of an answer that is whole
    assert answers(server)


@pytest.mark.parametrize("depth", [240, 260, 2_000, 20_000])
def test_depth_ends_no_server(server, depth):
    reply = post(server, "ASK " + "{" * depth + "}" * depth, "application/sparql-query")
    assert reply.status == (200 if depth < 250 else 400)
    assert depth < 250 or "deep" in reply.text
    assert answers(server)


def test_the_parser_may_fall_over_and_the_server_stands(server):
    # Long and not deep: no rule of ours refuses it, and the parser ends its process.
    reply = post(server, "ASK {" + "{}UNION" * 9_000 + "{} }", "application/sparql-query")
    assert reply.status in (200, 400, 504, 507)
    assert answers(server)


def test_sizes_have_their_statuses(server):
    long = "ASK {}" + " " * 70_000
    assert post(server, long, "application/sparql-query").status == 413
    assert post(server, "query=" + long, "application/x-www-form-urlencoded").status == 413
    assert post(server, long + " " * 300_000, "application/sparql-query").status == 413
    assert talk(server, "GET", "/sparql?query=ASK%7B%7D" + "%20" * 69_000).status in (413, 414)
    assert raw(server, b"GET /" + b"a" * 400_000).split(b" ", 2)[1] == b"414"
    assert talk(server, "GET", "/sparql?query=ASK%7B%7D", headers={"X-Long": "a" * 17_000}).status == 431
    many = b"".join(b"X-%d: a\r\n" % number for number in range(200))
    assert b" 431 " in raw(server, b"GET / HTTP/1.1\r\nHost: localhost\r\n" + many + b"\r\n")[:20]
    assert raw(server, b"GET / HTTP/1.1\r\nX: " + b"a" * 400_000).split(b" ", 2)[1] == b"431"
    assert answers(server)


def test_a_body_that_promises_more_than_is_read_is_refused_at_once(server):
    begun = time.monotonic()
    got = raw(
        server,
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
        b"Content-Length: 99999999999\r\n\r\nASK",
    )
    assert got.startswith(b"HTTP/1.1 413") and time.monotonic() - begun < 3


def test_slow_heads_and_bodies_are_cut_and_hold_nobody_up(server):
    def slow(content):
        begun = time.monotonic()
        place = ("127.0.0.1", server.port)
        with socket.create_connection(place) as connection, contextlib.suppress(ConnectionError):
            connection.settimeout(0.5)
            for at in range(len(content)):
                connection.sendall(content[at : at + 1])
                with contextlib.suppress(TimeoutError):
                    return connection.recv(1000)[:12], time.monotonic() - begun
            connection.settimeout(40)
            return connection.recv(1000)[:12], time.monotonic() - begun
        return b"", time.monotonic() - begun

    head = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: localhost\r\n"
    body = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
    with ThreadPoolExecutor(12) as many:
        heads = [many.submit(slow, head) for _ in range(4)]
        bodies = [many.submit(slow, b"x") for _ in range(2)]
        late = many.submit(raw, server, body + b"Content-Length: 50\r\n\r\nASK")
        assert answers(server)  # in the meantime
        for each in heads + bodies:
            said, took = each.result()
            assert said == b"" and took < 15
        assert late.result().startswith(b"HTTP/1.1 408")


def test_who_waits_too_long_in_line_is_sent_away_and_told_when_to_come_back():
    with (
        running("--timeout", "2", "--max-concurrent", "1") as server,
        ThreadPoolExecutor(40) as many,
    ):
        replies = [each.result() for each in [many.submit(get, server, ENDLESS) for _ in range(30)]]
        statuses = {each.status for each in replies}
        assert statuses == {503, 504}
        assert all("retry-after" in each.headers for each in replies if each.status == 503)
        assert answers(server)


def test_a_query_whose_asker_has_gone_is_ended(server):
    for _ in range(8):  # more than run at a time: were they to run on, nobody would be answered for long
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            target = "/sparql?query=" + ENDLESS.replace(" ", "+")
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.05)
    begun = time.monotonic()
    assert answers(server)
    assert time.monotonic() - begun < 2


def test_a_reader_that_leaves_in_the_middle_of_an_answer_takes_no_worker_with_him(server):
    target = "/sparql?query=" + LONG.replace(" ", "+")
    for wait in (0.0, 0.1, 0.3, 0.6, 1.0):
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                time.sleep(wait)
                if wait > 0.5:
                    connection.recv(100)
    assert len(_all_there(server)) == 4
    assert answers(server)


def test_a_worker_that_is_killed_is_replaced(server):
    front, nursery, *workers = _all_there(server)
    assert front == server.process.pid
    for each in workers:
        os.kill(each, signal.SIGKILL)
    time.sleep(0.1)
    assert all(answers(server) for _ in range(4))
    with ThreadPoolExecutor(2) as both:  # and when both are wanted, both are there
        assert {each.status for each in both.map(get, (server, server), (ENDLESS, ENDLESS))} == {504}
    after = _all_there(server)
    assert nursery in after and not set(workers) & set(after)


def _all_there(server):
    """The processes of the server, once its two workers are there."""
    for _ in range(100):
        family = server.family()
        time.sleep(0.3)
        if len(family) == 4 and family == server.family():
            return family
    raise AssertionError(server.family())


def test_a_worker_can_open_nothing_even_where_the_guard_is_blind():
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(1)

        def listen():
            with contextlib.suppress(TimeoutError):
                listener.accept()
                heard.append(1)

        thread = threading.Thread(target=listen)
        place = f"<http://127.0.0.1:{listener.getsockname()[1]}/>"
        query = f"SELECT * {{ SERVICE {place} {{ ?s ?p ?o }} }}"
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                _shut_in(Limits())
                try:
                    found: Any = ox.Store().query(query)
                    list(found)
                    said = "it was asked"
                except OSError as error:
                    said = f"no: {error}"
                os.write(writer, said.encode())
            finally:
                os._exit(0)
        thread.start()
        os.close(writer)
        told = os.read(reader, 1000).decode()
        os.close(reader)
        os.waitpid(child, 0)
        thread.join()
    assert told.startswith("no:") and heard == []
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 0  # of this process


def test_service_in_a_query_sees_nobody(server):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        place = f"<http://127.0.0.1:{listener.getsockname()[1]}/>"
        for query in (
            f"SELECT * {{ SERVICE {place} {{ }} }}",
            f"SELECT * {{ SERVICE SILENT {place} {{ }} }}",
        ):
            assert get(server, query).status == 400
        for query in (
            f"SELECT * FROM {place} {{ ?s ?p ?o }}",
            f"ASK FROM NAMED {place} {{ GRAPH ?g {{ }} }}",
        ):
            assert get(server, query).status == 200
        with pytest.raises(TimeoutError):
            listener.accept()
    assert json.loads(get(server, "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }").body)["results"] == {
        "bindings": []
    }


# -- who may ask -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:7878", "169.254.169.254"])
def test_another_name_that_points_here_is_not_answered(server, host):
    assert talk(server, "GET", "/sparql?query=ASK%7B%7D", headers={"Host": host}).status == 421
    assert talk(server, "GET", "/", headers={"Host": host}).status == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:7878"])
def test_names_of_this_machine_are_answered(server, host):
    assert talk(server, "GET", "/sparql?query=ASK%7B%7D", headers={"Host": host}).status == 200


def test_pages_from_elsewhere_may_not_ask_unless_told(server):
    asked = "/sparql?query=ASK%7B%7D"
    assert talk(server, "GET", asked, headers={"Origin": "http://evil.example"}).status == 403
    assert talk(server, "GET", asked, headers={"Origin": "null"}).status == 403
    own = f"http://127.0.0.1:{server.port}"
    reply = talk(server, "GET", asked, headers={"Origin": own})
    assert reply.status == 200 and "access-control-allow-origin" not in reply.headers


def test_cors_lets_in_whom_it_names():
    page = "https://yasgui.example"
    with running("--cors", page) as server:
        asked = "/sparql?query=ASK%7B%7D"
        reply = talk(server, "GET", asked, headers={"Origin": page})
        assert reply.headers["access-control-allow-origin"] == page and "Origin" in reply.headers["vary"]
        before = talk(server, "OPTIONS", "/sparql", headers={"Origin": page})
        assert "POST" in before.headers["access-control-allow-methods"]
        wrong = talk(server, "GET", "/sparql?query=ASK", headers={"Origin": page})
        assert wrong.status == 400 and wrong.headers["access-control-allow-origin"] == page
        other = talk(server, "GET", asked, headers={"Origin": "https://other.example"})
        assert other.status == 403 and "access-control-allow-origin" not in other.headers
