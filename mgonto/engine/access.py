"""Who asks a server: credentials from arguments, the environment or netrc, never printed."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field

from mgonto.errors import UsageError

__all__ = ["Access", "without_secrets"]


def without_secrets(address: str) -> str:
    """An address as it may be shown: without a user and password, and without what follows a question mark.

    It need be no address: what was mistyped may hold a password too.

    >>> without_secrets("http://ada:secret@localhost:7878/query?key=secret")
    'localhost:7878/query'
    """
    return str(address).partition("?")[0].rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Access:
    """A user with a password (HTTP basic), a bearer token, or nobody.

    The fields are left out of the representation, so that no log or traceback shows them.
    """

    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls, url: str, user: str | None = None, password: str | None = None, token: str | None = None
    ) -> Access:
        """The credentials for an address.

        The arguments; else MGONTO_USER and MGONTO_PASSWORD, or MGONTO_TOKEN, of the environment; else what
        netrc says of the host.

        Args:
            url: the address that will be asked.
            user, password: for HTTP basic authentication; both or neither.
            token: for bearer authentication.

        Raises:
            UsageError: a user without a password or the reverse, a token beside them, or a line break.

        >>> Access.of("http://localhost:7878/query", token="t").headers()
        {'Authorization': 'Bearer t'}
        >>> Access.of("http://localhost:7878/query", user="ada", password="secret")
        Access()
        """
        if user is None and password is None and token is None:
            user, password = os.environ.get("MGONTO_USER"), os.environ.get("MGONTO_PASSWORD")
            token = os.environ.get("MGONTO_TOKEN")
        if token and (user or password):
            raise UsageError("there are both a token and a user", "give one of them")
        if (user is None) != (password is None):
            raise UsageError("a user needs a password, and a password a user", "give both or neither")
        if any(mark in each for each in (user, password, token) if each for mark in "\r\n"):
            raise UsageError("a credential has a line break in it", "give it without")
        if user and ":" in user:
            raise UsageError("a user name has no colon", "give the name alone")
        if user is None and not token:
            user, password = _from_netrc(url)
        return cls(user, password, token or None)

    def headers(self) -> dict[str, str]:
        """The Authorization header, or nothing."""
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if self.user is not None:
            pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        return {}

    @property
    def is_known(self) -> bool:
        """Whether there are any credentials."""
        return bool(self.token) or self.user is not None

    def hide(self, text: str) -> str:
        """A text, a server's say, without the credentials that it may repeat.

        >>> Access(token="abc").hide("who is Bearer abc?")
        'who is Bearer ***?'
        """
        pair = self.headers().get("Authorization", "").partition(" ")[2]
        for secret in (pair, self.password, self.token):
            if secret:
                text = text.replace(secret, "***")
        return text


def _from_netrc(url: str) -> tuple[str | None, str | None]:
    """User and password that netrc has for the host; its default entry is for no stranger and is not used."""
    import netrc
    from urllib.parse import urlsplit

    try:
        found = netrc.netrc(os.environ.get("NETRC")).hosts.get(urlsplit(url).hostname or "")
    except (OSError, ValueError, netrc.NetrcParseError):  # no file, no address, no netrc
        return None, None
    return (found[0], found[2]) if found else (None, None)
