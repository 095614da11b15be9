"""Starting and stopping, as whoever types the command meets it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from urllib.parse import quote

import pytest

from benchmarks.hostile import running
from tests.serve.talking import get, raw, talk

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SHORT = (  # half a second or so
    "SELECT (COUNT(*) AS ?n) { { SELECT ?b { ?a ?b ?c } LIMIT 800 } { SELECT ?e { ?d ?e ?f } LIMIT 800 }"
    " FILTER(STRLEN(CONCAT(STR(?b), STR(?e))) > 9) }"
)


def gone(process):
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def test_what_clients_do_wrong_is_told_to_them_and_not_to_the_terminal():
    with running() as server:
        assert b" 400 " in raw(server, b"no HTTP at all\r\n\r\n")
        assert get(server, "SELECT * {").status == 400
        _try(server, 0.2)
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(10) == 0
        assert server.process.stderr is not None
        assert server.process.stderr.read() == "  Ctrl-C ends it\n"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_0_and_leaves_no_process(how):
    with running() as server:
        family = server.family()
        assert len(family) == 4
        get(server, "ASK {}")
        server.process.send_signal(how)
        assert server.process.wait(10) == 0
        time.sleep(0.2)
        assert all(gone(each) for each in family)


def test_a_running_query_may_end_before_the_server_does():
    with running() as server:
        replies = []
        thread = threading.Thread(target=lambda: replies.append(get(server, SHORT)))
        thread.start()
        time.sleep(0.15)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(15) == 0
        thread.join()
        assert replies[0].status == 200
        assert json.loads(replies[0].body)["results"]["bindings"][0]["n"]["value"] == "640000"


def test_a_query_that_does_not_end_is_not_waited_for():
    with running() as server:
        thread = threading.Thread(target=lambda: _try(server))
        thread.start()
        time.sleep(0.5)
        family = server.family()
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
        assert time.monotonic() - begun < 9
        thread.join()
        time.sleep(0.2)
        assert all(gone(each) for each in family)


def _try(server, wait=40.0):
    target = "/sparql?query=" + ENDLESS.replace(" ", "+")
    with contextlib.suppress(OSError):
        raw(server, f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(), wait)


def test_kill_9_leaves_no_process_behind():
    with running() as server:
        family = server.family()
        thread = threading.Thread(target=lambda: _try(server))
        thread.start()
        time.sleep(0.3)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(5)
        thread.join()
        time.sleep(1.5)
        assert all(gone(each) for each in family)


def command(*arguments, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "mgonto", "serve", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout, done.stderr


def two_lines(text):
    first, second = text.splitlines()
    assert first.startswith("mgonto: ") and second.startswith("  ")
    return first


def test_a_port_in_use_is_two_lines_and_exit_1():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, out, err = command("--port", str(taken.getsockname()[1]))
    assert (code, out) == (1, "") and "in use" in two_lines(err)


def test_a_host_that_is_none_is_two_lines_and_exit_2():
    code, _, err = command("--host", "no.such.host.invalid")
    assert code == 2 and "no.such.host.invalid" in two_lines(err)


def test_without_the_extra_it_says_how_to_get_it(tmp_path):
    (tmp_path / "uvicorn.py").write_text("raise ModuleNotFoundError('no', name='uvicorn')", encoding="utf-8")
    code, _, err = command(PYTHONPATH=str(tmp_path))
    assert code == 1 and "uvicorn" in two_lines(err) and "mgonto[web]" in err


def test_serve_and_an_endpoint_exclude_each_other():
    code, _, err = command("--endpoint", "http://127.0.0.1:1/sparql")
    assert code == 2 and "--data" in err
    two_lines(err)


def test_open_to_others_it_says_so_and_answers_to_any_name_or_to_those_it_is_told():
    with running("--host", "0.0.0.0") as server:
        assert server.process.stderr is not None
        server.process.stderr.readline()
        assert "no password" in server.process.stderr.readline()
        place = f"/sparql?query={quote('ASK {}')}"
        assert talk(server, "GET", place, headers={"Host": "graph.example"}).status == 200
    with running("--host", "0.0.0.0", "--allow-host", "graph.example") as server:
        assert talk(server, "GET", place, headers={"Host": "graph.example"}).status == 200
        assert talk(server, "GET", place, headers={"Host": "other.example"}).status == 421
