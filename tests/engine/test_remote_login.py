"""Who asks: credentials from arguments, environment or netrc, told as the server takes them, to it alone."""

import hashlib
import re
import traceback
import urllib.request

import pytest

import mgonto
from mgonto.cli.main import run
from mgonto.engine import transport
from mgonto.engine.access import Access
from mgonto.engine.remote import RemoteEngine
from mgonto.errors import EndpointError, UsageError
from tests.engine.sites import basic, rows, site

QUERY = "SELECT ?a { ?a ?b ?c }"
SECRET, TOKEN = "hunter2secret", "token-of-mine"
URL = "http://sparql.example.org/query"


def headers_seen(there):
    return [each.header("Authorization") for each in there.seen]


# -- where they come from ------------------------------------------------------------------------------------


@pytest.fixture
def netrc(tmp_path, monkeypatch):
    """A netrc file for the host of URL and for this machine."""
    path = tmp_path / "netrc"
    path.write_text(
        "machine sparql.example.org login nina password netrcpass\n"
        "machine 127.0.0.1 login nina password netrcpass\ndefault login anybody password anything\n"
    )
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))
    return path


@pytest.fixture
def environment(monkeypatch):
    monkeypatch.setenv("MGONTO_USER", "eve")
    monkeypatch.setenv("MGONTO_PASSWORD", "envpass")


@pytest.fixture(autouse=True)
def nobody_in_particular(monkeypatch, tmp_path):
    """The netrc of whoever runs the tests must not reach them."""
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))


def test_netrc_knows_the_user_of_a_host(netrc):
    assert Access.of(URL).headers() == {"Authorization": basic("nina", "netrcpass")}


def test_the_default_entry_of_netrc_is_for_no_stranger(netrc):
    assert Access.of("http://elsewhere.example.org/query").headers() == {}


def test_the_environment_beats_netrc(netrc, environment):
    assert Access.of(URL).headers() == {"Authorization": basic("eve", "envpass")}


def test_a_token_of_the_environment_beats_netrc(netrc, monkeypatch):
    monkeypatch.setenv("MGONTO_TOKEN", TOKEN)
    assert Access.of(URL).headers() == {"Authorization": f"Bearer {TOKEN}"}


def test_arguments_beat_the_environment(netrc, environment):
    assert Access.of(URL, "ada", SECRET).headers() == {"Authorization": basic("ada", SECRET)}
    assert Access.of(URL, token=TOKEN).headers() == {"Authorization": f"Bearer {TOKEN}"}


def test_an_address_that_is_none_is_told_with_netrc_too(netrc):
    with pytest.raises(UsageError, match="no address"):
        mgonto.connect("http://[::1/")


def test_a_broken_netrc_is_none(netrc):
    netrc.write_text("machine machine machine")
    assert Access.of(URL).headers() == {}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"user": "ada"}, "needs a password"),
        ({"password": SECRET}, "needs a password"),
        ({"user": "ada", "password": SECRET, "token": TOKEN}, "both a token and a user"),
        ({"user": "a:da", "password": SECRET}, "no colon"),
        ({"user": "ada", "password": SECRET + "\r\nX-Evil: 1"}, "line break"),
        ({"token": TOKEN + "\n"}, "line break"),
    ],
)
def test_half_or_hostile_credentials_are_refused_and_not_repeated(given, says):
    with pytest.raises(UsageError, match=says) as caught:
        mgonto.connect(URL, **given)
    assert SECRET not in str(caught.value) + caught.value.hint
    assert TOKEN not in str(caught.value) + caught.value.hint


def test_an_address_with_credentials_in_it_is_refused_and_not_repeated():
    with pytest.raises(UsageError, match="has credentials in it") as caught:
        mgonto.connect(f"http://ada:{SECRET}@sparql.example.org/query")
    assert SECRET not in caught.value.message + caught.value.hint
    with pytest.raises(UsageError, match="no address") as caught:
        mgonto.connect(f"http://ada:{SECRET}@sparql.example.org:port/query")
    assert SECRET not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    "mistyped",
    [
        f"ada:{SECRET}@sparql.example.org/query",
        f"http:/ada:{SECRET}@sparql.example.org/query",
        f"ftp://sparql.example.org/query?key={SECRET}",
    ],
)
@pytest.mark.parametrize("verb", [("search", "insulin", "--endpoint"), ("load",)])
def test_a_mistyped_address_is_told_without_the_password_that_is_in_it(mistyped, verb, capsys):
    with pytest.raises(SystemExit) as left:
        run([*verb, mistyped])
    told = "".join(capsys.readouterr())
    assert left.value.code == 2 and "sparql.example.org/query" in told and SECRET not in told


# -- how they are told ---------------------------------------------------------------------------------------


def test_a_user_and_a_token_are_sent():
    with site(lambda asked: asked.send(rows())) as there:
        RemoteEngine(there.url, access=Access("ada", SECRET)).select(QUERY)
        RemoteEngine(there.url, access=Access(token=TOKEN)).select(QUERY)
        RemoteEngine(there.url).select(QUERY)
        assert headers_seen(there) == [basic("ada", SECRET), f"Bearer {TOKEN}", None]


class Digest:
    """A server that takes a digest, and asks for it only where there are no credentials, as Virtuoso does."""

    def __init__(self, algorithm="MD5", qop='"auth"', nonces=("n1",), chatty=False):
        self.algorithm, self.qop, self.chatty = algorithm, qop, chatty
        self.nonces = list(nonces)

    def __call__(self, asked):
        told = asked.header("Authorization") or ""
        fields = dict(re.findall(r'(\w+)="?([^",]+)"?', told)) if told.startswith("Digest") else {}
        if fields.get("nonce") == self.nonces[0] and fields["response"] == self.right(asked, fields):
            asked.send(rows("in"))
            if len(self.nonces) > 1:
                self.nonces.pop(0)  # the next request comes with one that is stale
        elif not told or fields or self.chatty:
            challenge = (
                f'Digest realm="SPARQL", domain="/sparql", nonce="{self.nonces[0]}", opaque="o", '
                f'qop={self.qop}, algorithm="{self.algorithm}"'
            )
            asked.send("", "text/html", 401, WWW_Authenticate=challenge)
        else:
            asked.send("", "text/html", 401)

    def right(self, asked, fields):
        def md5(text):
            return hashlib.md5(text.encode()).hexdigest()

        one, two = md5(f"ada:SPARQL:{SECRET}"), md5(f"POST:{asked.path}")
        return md5(f"{one}:{fields['nonce']}:{fields['nc']}:{fields['cnonce']}:auth:{two}")


@pytest.mark.parametrize("chatty", [True, False])
def test_a_digest_where_the_server_asks_for_it(chatty):
    with site(Digest(chatty=chatty)) as there:
        engine = RemoteEngine(there.url, access=Access("ada", SECRET))
        assert len(engine.select(QUERY)[1]) == 1
        before = len(there.seen)
        engine.select(QUERY)
        assert len(there.seen) == before + 1  # the challenge is remembered
        assert there.seen[-1].query == QUERY


def test_a_digest_whose_time_is_up_is_made_anew():
    with site(Digest(nonces=("n1", "n2", "n3"))) as there:
        engine = RemoteEngine(there.url, access=Access("ada", SECRET))
        for _ in range(3):
            assert len(engine.select(QUERY)[1]) == 1


def test_a_wrong_password_by_digest_is_an_error_and_not_tried_without_end():
    with site(Digest()) as there:
        with pytest.raises(EndpointError, match="401") as caught:
            RemoteEngine(there.url, access=Access("ada", "wrong")).select(QUERY)
        assert "does not take these" in caught.value.hint and len(there.seen) < 6


@pytest.mark.parametrize(("algorithm", "qop"), [("MD5-sess", '"auth"'), ("MD5", '"auth-int"')])
def test_a_digest_that_is_not_supported_is_told(algorithm, qop):
    server = Digest(algorithm, qop, chatty=True)
    with site(server) as there, pytest.raises(EndpointError, match="not supported") as caught:
        RemoteEngine(there.url, access=Access("ada", SECRET)).select(QUERY)
    assert SECRET not in caught.value.message and "basic" in caught.value.hint


def test_over_plain_http_to_another_machine_no_password_goes_where_a_digest_is_wanted(monkeypatch):
    monkeypatch.setattr(transport, "_is_near", lambda host: False)
    with site(Digest(chatty=True)) as there:
        assert len(RemoteEngine(there.url, access=Access("ada", SECRET)).select(QUERY)[1]) == 1
        assert not any((each or "").startswith("Basic") for each in headers_seen(there))


def test_over_plain_http_to_another_machine_a_user_waits_to_be_asked(monkeypatch):
    monkeypatch.setattr(transport, "_is_near", lambda host: False)

    def respond(asked):
        if asked.header("Authorization"):
            asked.send(rows("in"))
        else:
            asked.send("", "text/plain", 401, WWW_Authenticate='Basic realm="x"')

    with site(respond) as there:
        engine = RemoteEngine(there.url, access=Access("ada", SECRET))
        engine.select(QUERY)
        engine.select(QUERY)
        assert headers_seen(there) == [None, basic("ada", SECRET), basic("ada", SECRET)]


@pytest.mark.parametrize(
    ("host", "near"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("10.0.0.1", False), ("a", False)],
)
def test_what_counts_as_this_machine(host, near):
    assert transport._is_near(host) is near


# -- for the eyes of one server ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("access", [Access("ada", SECRET), Access(token=TOKEN)])
def test_credentials_go_to_no_other_host_that_a_server_redirects_to(status, access):
    with site(lambda asked: asked.send(rows("elsewhere"))) as other:

        def away(asked):
            asked.send("", "text/plain", status, Location=other.url + "?there")

        with site(away) as there:
            _, found = RemoteEngine(there.url, access=access).select(QUERY)
            assert len(found) == 1 and headers_seen(there) == [access.headers()["Authorization"]]
        assert headers_seen(other) == [None]
        assert other.seen[0].query == QUERY  # the query is not lost on the way


def test_a_digest_is_not_told_to_another_host_either():
    with site(Digest(chatty=True)) as other:

        def away(asked):
            asked.send("", "text/plain", 307, Location=other.url)

        with site(away) as there, pytest.raises(EndpointError, match="401") as caught:
            RemoteEngine(there.url, access=Access("ada", SECRET)).select(QUERY)
        assert headers_seen(other) == [None]
    assert other.url in caught.value.hint and "another host" in caught.value.hint


def test_on_the_same_host_they_stay():
    def respond(asked):
        if asked.path == "/sparql":
            asked.send("", "text/plain", 308, Location="/sparql/")
        else:
            asked.send(rows("in"))

    with site(respond) as there:
        RemoteEngine(there.url, access=Access("ada", SECRET)).select(QUERY)
        assert headers_seen(there) == [basic("ada", SECRET)] * 2


def test_see_other_is_fetched():
    def respond(asked):
        if asked.handler.command == "POST":
            asked.send("", "text/plain", 303, Location="/result/1")
        else:
            asked.send(rows(asked.path))

    with site(respond) as there:
        ((cell,),) = RemoteEngine(there.url).select(QUERY)[1]
        assert cell is not None and cell.value == "/result/1"


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("/sparql", "redirects without end"),
        ("file:///etc/passwd", "no http address"),
        ("http://[", "no http address"),
    ],
)
def test_redirections_that_lead_nowhere(target, says):
    def away(asked):
        asked.send("", "text/plain", 302, Location=target)

    with site(away) as there, pytest.raises(EndpointError, match=says):
        RemoteEngine(there.url, retries=0).select(QUERY)


def test_https_is_not_left_for_http():
    carrier = transport.Transport("https://sparql.example.org/query", Access("ada", SECRET))
    with pytest.raises(EndpointError, match="less safe"):
        carrier._moved("https://sparql.example.org/query", "http://sparql.example.org/query", 1)


@pytest.mark.parametrize(
    ("home", "there", "same"),
    [
        ("http://h/q", "https://h/q", True),
        ("https://h/q", "http://h/q", False),
        ("http://h:8080/q", "https://h/q", False),
        ("http://h/q", "http://h:81/q", False),
        ("http://h/q", "http://H:80/other", True),
        ("http://h/q", "http://h.evil.org/q", False),
        ("http://h/q", "http://evil.org/@h/q", False),
    ],
)
def test_what_counts_as_the_same_server(home, there, same):
    assert transport._Login(home, Access(token=TOKEN)).is_home(there) is same


# -- never printed -------------------------------------------------------------------------------------------


def parrot(asked):
    """A server that says back whatever it was told."""
    asked.send(f"you said {asked.header('Authorization')}, {SECRET} and {TOKEN}", "text/plain", 400)


@pytest.mark.parametrize("access", [Access("ada", SECRET), Access(token=TOKEN)])
def test_no_representation_error_or_traceback_has_them(access):
    with site(parrot) as there:
        engine = RemoteEngine(there.url, access=access)
        with pytest.raises(EndpointError, match="you said") as caught:
            engine.select(QUERY)
    told = "".join(traceback.format_exception(caught.value)) + caught.value.hint
    told += repr(engine) + repr(access) + str(access) + repr(vars(engine)) + repr(vars(engine._transport))
    secret = access.password or access.token or ""
    assert "***" in told
    assert secret not in told and access.headers()["Authorization"].split()[1] not in told


@pytest.mark.parametrize("kind", ["text/html", "text/plain"])
def test_a_web_page_that_repeats_them_is_not_repeated(kind):
    page = f"<html>Hello {TOKEN}</html>"
    with site(lambda asked: asked.send(page, kind)) as there, pytest.raises(EndpointError) as caught:
        RemoteEngine(there.url, access=Access(token=TOKEN)).select(QUERY)
    assert caught.value.message.endswith("Hello ***")


@pytest.mark.parametrize("flags", [(), ("-v",), ("--show-sparql",)])
def test_the_command_line_does_not_print_them(flags, monkeypatch, capsys):
    monkeypatch.setenv("MGONTO_USER", "ada")
    monkeypatch.setenv("MGONTO_PASSWORD", SECRET)
    with site(parrot) as there:
        with pytest.raises(SystemExit) as left:
            run(["--endpoint", there.url, *flags, "search", "insulin"])
        assert headers_seen(there)[0] == basic("ada", SECRET)
    told = "".join(capsys.readouterr())
    assert left.value.code == 4 and "you said" in told
    assert SECRET not in told and basic("ada", SECRET).split()[1] not in told


def test_what_follows_a_question_mark_in_the_address_is_sent_and_not_shown():
    with site(lambda asked: asked.send("no", "text/plain", 400)) as there:
        kb = mgonto.connect(there.url + "?apikey=" + SECRET)
        with pytest.raises(EndpointError) as caught:
            kb.counts()
        assert there.seen[0].path.endswith("?apikey=" + SECRET)
    assert SECRET not in caught.value.message + repr(kb)


def test_no_opener_of_the_whole_process_is_left_behind():
    before = urllib.request._opener  # type: ignore[attr-defined]
    with site(Digest()) as there:
        RemoteEngine(there.url, access=Access("ada", SECRET)).select(QUERY)
    assert urllib.request._opener is before  # type: ignore[attr-defined]


def test_a_user_whom_nobody_asks_for_is_told_when_a_later_refusal_asks(monkeypatch):
    """The question without a body is answered without a challenge; only the real one is challenged."""
    monkeypatch.setattr(transport, "_is_near", lambda host: False)
    with site(Digest(chatty=True)) as there:
        assert len(RemoteEngine(there.url, access=Access("ada", SECRET)).select(QUERY)[1]) == 1
        assert [each.handler.command for each in there.seen] == ["POST", "POST"]


def test_any_request_is_sent_with_the_same_care():
    """What loads a store sends its own requests over the same transport."""

    def respond(asked):
        if asked.path == "/sparql":
            asked.send("", "text/plain", 307, Location="/store")
        else:
            asked.send(asked.header("Authorization") or "", "text/plain")

    with site(respond) as there:
        carrier = transport.Transport(there.url, Access("ada", SECRET))
        answer = carrier.send(lambda url: urllib.request.Request(url, b"<a:b> <a:b> <a:b> ."))
        assert answer.content.decode() == basic("ada", SECRET)
        assert [each.body for each in there.seen] == ["<a:b> <a:b> <a:b> ."] * 2
