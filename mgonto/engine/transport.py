"""A query to a server and its answer back: credentials, redirections, retries, and bounds of time and size.

SPARQLWrapper writes the request. It is sent from here, because urllib's own opener, which SPARQLWrapper uses,
takes the Authorization header along to whatever host a server redirects to, knows no deadline for the whole
of an answer and no bound of its size, and has digest authentication only for the whole process at once.
"""

from __future__ import annotations

import http.client
import random
import re
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit

from mgonto.engine.access import Access, without_secrets
from mgonto.engine.connection import opener
from mgonto.engine.refusals import refusal, server_words, unanswered
from mgonto.errors import EndpointError, UsageError

__all__ = ["Answer", "Transport", "check_number"]

#: Answers after which the same question may be asked again: the server was busy, and a query changes nothing.
#: Not 504: the query took too long, and would again.
_AGAIN = frozenset((429, 502, 503))
_REDIRECTIONS = frozenset((301, 302, 303, 307, 308))
_MOST_REDIRECTIONS = 5
#: Seconds before the first retry; each further one waits twice as long, give or take a half.
_PAUSE = 0.25
#: So much of a refusal is read.
_MOST_REFUSAL = 1 << 16
_PIECE = 1 << 16
_DIGEST = re.compile(r"(?:^|,)\s*Digest\s+(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: the body, the header (names in lower case) and the status."""

    content: bytes
    headers: Mapping[str, str]
    status: int


class Transport:
    """Sends queries to one address.

    Args:
        url: the address of the query service.
        access: who asks.
        timeout: seconds for a whole answer, retries included.
        retries: how often to ask again where the connection was refused or lost, or the server was busy.
        most_bytes: the largest answer that is read.

    Raises:
        UsageError: no http address, an address with credentials in it, or a number that makes no sense.
    """

    def __init__(
        self, url: str, access: Access, timeout: float = 60, retries: int = 2, most_bytes: int = 1 << 30
    ) -> None:
        self.shown = _checked(url)
        if type(timeout) not in (int, float) or not 0 < timeout < 1e6:
            raise UsageError(f"timeout cannot be {timeout}", "give a number of seconds above 0")
        check_number("retries", retries, 0)
        check_number("max_bytes", most_bytes, 1)
        self._url, self._access = url, access
        self._timeout, self._retries, self._most = timeout, retries, most_bytes
        self._login = _Login(url, access)

    def fetch(self, query: str, form: str, accept: str, graphs: Sequence[str] = ()) -> Answer:
        """The answer to a query.

        Args:
            query: SPARQL.
            form: its form: SELECT, ASK, CONSTRUCT or DESCRIBE.
            accept: the one media type to ask for.
            graphs: the graphs that make up the data set; the server's own one unless told.

        Raises:
            EndpointError: no answer, a refusal, or an answer that is too large.
        """
        return self.send(lambda url: _request(url, query, form, accept, graphs))

    def send(self, make: Callable[[str], urllib.request.Request]) -> Answer:
        """The answer to a request that may be sent again where it fails.

        Args:
            make: gives the request for an address: the one of this transport, or where that redirects to.

        Raises:
            EndpointError: no answer, a refusal, or an answer that is too large.
        """
        deadline = time.monotonic() + self._timeout
        tries = 0
        while True:
            answer: Answer | None = None
            try:
                answer = self._exchange(make, deadline)
                if answer.status not in _AGAIN:
                    return answer
                failed = self._refused(answer)
                pause = _asked_pause(answer.headers.get("retry-after"))
            except (OSError, http.client.HTTPException, UnicodeError) as error:
                failed, pause = unanswered(self.shown, error, self._timeout), None
                failed.__cause__ = error
                if not _is_passing(error):
                    raise failed from error
            if pause is None:
                pause = _PAUSE * 2**tries * random.uniform(0.5, 1.5)
            if tries >= self._retries or time.monotonic() + pause >= deadline:
                raise failed
            time.sleep(pause)
            tries += 1

    def hide(self, error: EndpointError) -> EndpointError:
        """An error that repeats what a server said, without the credentials that may be in it."""
        return EndpointError(self._access.hide(error.message), error.hint)

    def _refused(self, answer: Answer, elsewhere: str = "") -> EndpointError:
        said, reason = server_words(answer.content), http.client.responses.get(answer.status, "")
        known = self._access.is_known
        return self.hide(refusal(self.shown, answer.status, reason, said, known, elsewhere))

    def _exchange(self, make: Callable[[str], urllib.request.Request], deadline: float) -> Answer:
        """One question with all its redirections and challenges; a refusal that will stay one is raised."""
        url, by_get, moves, challenges = self._url, False, 0, 0
        while True:
            if self._login.is_open and self._login.is_home(url):
                # Without a body first: Virtuoso drops the connection where a long one has no credentials.
                probe = urllib.request.Request(url, method="HEAD")
                self._login.settle(self._send(probe, deadline).headers)
            request = make(url)
            if by_get:
                accept = request.get_header("Accept") or "*/*"
                request = urllib.request.Request(url, headers={"Accept": accept})
            for name, value in self._login.headers(request).items():
                request.add_unredirected_header(name, value)
            try:
                answer = self._send(request, deadline)
            except (OSError, http.client.HTTPException) as error:
                refused = self._why_closed(request, error, deadline)
                if refused is None:
                    raise
                answer = refused
            target = answer.headers.get("location")
            if answer.status in _REDIRECTIONS and target:
                moves += 1
                url, by_get = self._moved(url, target, moves), by_get or answer.status == 303
            elif answer.status == 401 and challenges < 2 and self._login.is_challenged(url, answer.headers):
                challenges += 1
            elif 200 <= answer.status < 300 or answer.status in _AGAIN:
                return answer
            else:
                raise self._refused(answer, "" if self._login.is_home(url) else _checked(url))

    def _why_closed(
        self, request: urllib.request.Request, error: Exception, deadline: float
    ) -> Answer | None:
        """What a server says that drops the connection instead of reading a body that it does not want.

        Virtuoso does so where the credentials are missing or wrong: without a body it says 401.
        """
        lost = (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)
        if request.data is None or not isinstance(getattr(error, "reason", error), lost):
            return None
        probe = urllib.request.Request(request.full_url, method="HEAD")
        for name, value in self._login.headers(probe).items():
            probe.add_unredirected_header(name, value)
        try:
            answer = self._send(probe, deadline)
        except (OSError, http.client.HTTPException):
            return None
        return answer if answer.status in (401, 403) else None

    def _moved(self, url: str, target: str, moves: int) -> str:
        try:
            there = urljoin(url, target)
            _checked(there)
        except (ValueError, UsageError) as error:
            raise EndpointError(f"{self.shown} redirects to no http address", "check the address") from error
        if moves > _MOST_REDIRECTIONS:
            raise EndpointError(f"{self.shown} redirects without end", "check the address")
        if urlsplit(url).scheme == "https" and urlsplit(there).scheme != "https":
            raise EndpointError(
                f"{self.shown} redirects from https to something less safe", "check the address"
            )
        return there

    def _send(self, request: urllib.request.Request, deadline: float) -> Answer:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        with opener(deadline).open(request, timeout=left) as response:
            headers: dict[str, str] = {}
            for name in response.headers:
                headers[name.lower()] = ", ".join(response.headers.get_all(name))
            good = 200 <= response.status < 300
            content = self._read(response, self._most if good else _MOST_REFUSAL, good)
            return Answer(content, headers, response.status)

    def _read(self, response: http.client.HTTPResponse, most: int, good: bool) -> bytes:
        pieces, size = [], 0
        while size <= most and (piece := response.read1(_PIECE)):
            pieces.append(piece)
            size += len(piece)
        if good and size > most:
            raise EndpointError(
                f"{self.shown} answers with more than {most:,} bytes",
                "ask for less, read it in pages with page=..., or allow more with max_bytes=...",
            )
        if good and response.length:
            raise http.client.IncompleteRead(b"", response.length)  # closed before all that was announced
        return b"".join(pieces)[:most]


class _Login:
    """Says who asks, to the one server that it was told for, and in the way that this server takes.

    A token, and a user over https or on this machine, are told at once. Over plain http to another machine a
    user waits for the server's challenge, so that a server that wants a digest never sees the password.
    """

    def __init__(self, url: str, access: Access) -> None:
        self._home, self._access = _origin(url), access
        #: basic (a token too), digest, nobody; None until the server has been asked.
        self._way: str | None = "basic"
        if not access.is_known:
            self._way = "nobody"
        elif access.token is None and self._home[0] != "https" and not _is_near(self._home[1]):
            self._way = None
        self._challenge: dict[str, str] = {}
        self._maker: urllib.request.HTTPDigestAuthHandler | None = None

    @property
    def is_open(self) -> bool:
        """Whether the server has yet to be asked what it takes."""
        return self._way is None

    def is_home(self, url: str) -> bool:
        """Whether an address is on the server that the credentials are for; http may have become https."""
        there = _origin(url)
        if there == self._home:
            return True
        scheme, host, port = self._home
        return (scheme, port) == ("http", 80) and there == ("https", host, 443)

    def headers(self, request: urllib.request.Request) -> dict[str, str]:
        """The Authorization header for a request, or nothing."""
        if not self.is_home(request.full_url) or self._way == "nobody":
            return {}
        return self._digested(request) if self._way == "digest" else self._access.headers()

    def settle(self, headers: Mapping[str, str]) -> None:
        """Take the way that the answer to a question without credentials asks for."""
        challenge = headers.get("www-authenticate", "")
        if not self._take_digest(challenge):
            self._way = "basic" if "basic" in challenge.lower() else "nobody"

    def is_challenged(self, url: str, headers: Mapping[str, str]) -> bool:
        """Whether there is more to say after a refusal: by digest, or once it is known what is wanted."""
        if self._access.user is None or not self.is_home(url):
            return False
        challenge = headers.get("www-authenticate", "")
        if self._take_digest(challenge):
            return True
        if "basic" in challenge.lower():
            told, self._way = self._way == "basic", "basic"
            return not told
        if self._way == "basic":
            self._way = None  # Virtuoso tells what it wants only who comes without anything
            return True
        return False

    def _take_digest(self, challenge: str) -> bool:
        found = _DIGEST.search(challenge)
        if found:
            parts = urllib.request.parse_http_list(found[1])
            self._challenge = urllib.request.parse_keqv_list([each for each in parts if "=" in each])
            self._way = "digest"
        return found is not None

    def _digested(self, request: urllib.request.Request) -> dict[str, str]:
        challenge = self._challenge
        if self._maker is None:
            self._maker = urllib.request.HTTPDigestAuthHandler(_One(self._access))
        try:
            told = self._maker.get_authorization(request, challenge)
        except (ValueError, URLError) as error:  # another algorithm than MD5, or letters beyond ASCII
            raise EndpointError(
                f"{urlsplit(request.full_url).hostname} wants a kind of digest authentication that is not "
                f"supported: {challenge.get('algorithm', 'MD5')}, {challenge.get('qop', 'no qop')}",
                "let the server take basic authentication over https, or a digest with MD5 and a user and "
                "password in ASCII",
            ) from error
        return {"Authorization": f"Digest {told}"} if told else {}


class _One(urllib.request.HTTPPasswordMgr):
    """The one user for every realm of the one server that is asked."""

    def __init__(self, access: Access) -> None:
        super().__init__()
        self._access = access

    def find_user_password(self, realm: str, authuri: str) -> tuple[str | None, str | None]:
        return self._access.user, self._access.password


def _request(url: str, query: str, form: str, accept: str, graphs: Sequence[str]) -> urllib.request.Request:
    from SPARQLWrapper import POST, SPARQLWrapper

    wrapper = SPARQLWrapper(url)
    # What `setQuery` sets, without its guess at the form.
    wrapper.queryString, wrapper.queryType = query, form
    wrapper.setMethod(POST)
    wrapper.setOnlyConneg(True)  # no format parameter of its own beside the header
    for graph in graphs:
        wrapper.addParameter("default-graph-uri", graph)
        wrapper.addParameter("named-graph-uri", graph)
    # The default Accept lists a dozen types and confuses some servers: ask for the one that is read.
    wrapper.addCustomHttpHeader("Accept", accept)
    request: urllib.request.Request = wrapper._createRequest()
    return request


def check_number(name: str, number: object, least: int) -> None:
    """Refuse what is no whole number, or too small a one; True is none.

    Raises:
        UsageError: with the argument's name.
    """
    if type(number) is not int or number < least:
        raise UsageError(f"{name} cannot be {number}", f"give a whole number from {least} on")


def _checked(url: str) -> str:
    """The address as it may be shown, without what follows a question mark: some servers take keys there."""
    hint = "write it as http://HOST:PORT/PATH"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except (ValueError, TypeError, AttributeError) as error:
        raise UsageError(f"{without_secrets(url)} is no address of an endpoint", hint) from error
    if "@" in parts.netloc:
        raise UsageError(
            f"the address of {host} has credentials in it",
            "leave them out, and give them as MGONTO_USER and MGONTO_PASSWORD, by netrc, or as user= and "
            "password=",
        )
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\x00-\x20\x7f]", url):
        raise UsageError(f"{without_secrets(url)} is no address of an endpoint", hint)
    return parts._replace(query="", fragment="").geturl()


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _is_near(host: str) -> bool:
    """Whether a host is this machine."""
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_passing(error: BaseException) -> bool:
    """Whether a second try may go better: the connection was refused or lost, and no time has run out."""
    inner = error.reason if isinstance(error, URLError) else error
    return isinstance(inner, (ConnectionError, http.client.IncompleteRead))


def _asked_pause(value: str | None) -> float | None:
    """The seconds of a Retry-After header: a number or a date."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
