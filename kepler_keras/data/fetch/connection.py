"""A patient, polite line to one server: HTTPS, one connection, retries that heed Retry-After."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from kepler_keras import __version__
from kepler_keras.errors import InputError
from kepler_keras.progress import duration

USER_AGENT = f"kepler_keras/{__version__}"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PASSING = (408, 425, 429, 500, 502, 503, 504)  # answers that a later attempt may not get again
REDIRECTS = 5

Result = TypeVar("Result")


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for; times in seconds.

    Attributes:
        attempts: Attempts in a row that bring nothing, after which it is given up.
        first_wait: Before the second attempt; it doubles with every further one.
        longest_wait: No wait is longer; a server that asks for more is told of and left alone.
        connect: For a connection to stand.
        read: Between two pieces of an answer.
    """

    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 120.0
    connect: float = 10.0
    read: float = 60.0


class BrokenOffError(Exception):
    """An attempt failed in a way that another may not.

    Attributes:
        wait: Seconds that the server asks to wait, or None.
        gained: Whether the attempt brought something that the next one can build on.
    """

    def __init__(self, reason: str, *, wait: float | None = None, gained: bool = False) -> None:
        super().__init__(reason)
        self.wait = wait
        self.gained = gained


class NotThereError(InputError):
    """The server has nothing under this address (404 or 410)."""


def open_session(address: str) -> requests.Session:
    """Opens a session for addresses that begin with `address`; proxies come from the environment.

    Args:
        address: HTTPS; plain HTTP only on this machine itself. Redirects to plain HTTP fail.

    Raises:
        InputError: The address is none of these.
    """
    parts = urlsplit(address)
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not (parts.hostname and (parts.scheme == "https" or local)):
        raise InputError(f"the address of an archive must begin with https://, got {address!r}")
    session = requests.Session()
    session.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "identity"})
    session.max_redirects = REDIRECTS
    session.adapters.clear()
    prefix = f"http://{parts.netloc.lower()}/" if local else "https://"
    session.mount(prefix, HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0))
    return session


def persist(attempt: Callable[[], Result], url: str, patience: Patience) -> Result:
    """Calls `attempt` until it ends without `BrokenOffError`, with growing waits in between.

    Raises:
        InputError: `patience` is at its end; the sentence says what came last.
    """
    fruitless = 0
    while True:
        try:
            return attempt()
        except BrokenOffError as error:
            fruitless = 1 if error.gained else fruitless + 1
            if fruitless >= patience.attempts:
                raise InputError(
                    f"{url}: given up after {fruitless} attempts that brought nothing; "
                    f"the last: {error}"
                ) from error
            _wait(url, error, patience, fruitless)


def _wait(url: str, error: BrokenOffError, patience: Patience, fruitless: int) -> None:
    """Waits as long as the server asks, or longer with every fruitless attempt."""
    if error.wait is not None and error.wait > patience.longest_wait:
        raise InputError(f"{url}: {error}, and asks to come back in {duration(error.wait)}")
    growing = min(patience.first_wait * 2 ** (fruitless - 1), patience.longest_wait)
    seconds = max(growing, error.wait or 0.0)
    print(f"{error}; trying again in {duration(seconds)}", file=sys.stderr, flush=True)
    time.sleep(seconds)


@contextmanager
def answer(
    session: requests.Session, url: str, patience: Patience, headers: dict[str, str] | None = None
) -> Iterator[requests.Response]:
    """Asks for `url` and hands out the answer, whose body is still to be read.

    Raises:
        BrokenOffError: No connection, a connection that broke, or a passing trouble of the server.
        NotThereError: Status 404 or 410.
        InputError: Any other status than 200, 206 and 416, or what no second attempt can mend.
    """
    timeout = (patience.connect, patience.read)
    try:
        with session.get(url, headers=headers, stream=True, timeout=timeout) as response:
            _check_status(response, url)
            yield response
    except requests.RequestException as error:
        reason = _reason(error)
        if _hopeless(error):
            raise InputError(f"{url}: {reason}") from error
        raise BrokenOffError(reason) from error


def fetch_text(session: requests.Session, url: str, patience: Patience, *, most: int) -> str:
    """The text of a small page, at most `most` bytes of it.

    Raises:
        InputError: As `answer` and `persist` say.
    """

    def attempt() -> str:
        with answer(session, url, patience) as response:
            body = b""
            for block in response.iter_content(1 << 14):
                body += block
                if len(body) > most:
                    raise InputError(f"{url}: a list of files was due, got more than {most} bytes")
            return body.decode("utf-8", errors="replace")

    return persist(attempt, url, patience)


def _check_status(response: requests.Response, url: str) -> None:
    status = response.status_code
    if status in (200, 206, 416):
        return
    said = f"the server answers {status} ({_phrase(status) or response.reason})"
    if status in PASSING:
        raise BrokenOffError(said, wait=retry_after(response.headers.get("Retry-After")))
    if status in (404, 410):
        raise NotThereError(f"{url}: {said}")
    raise InputError(f"{url}: {said}")


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in list(HTTPStatus) else ""


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or a date; None without or unclear.

    Source: RFC 9110, Sec. 10.2.3.
    """
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _hopeless(error: requests.RequestException) -> bool:
    """Whether the same request would fail in the same way at once."""
    lasting = (
        requests.exceptions.SSLError,
        requests.exceptions.ProxyError,
        requests.exceptions.TooManyRedirects,
        requests.exceptions.InvalidSchema,
        requests.exceptions.InvalidURL,
    )
    return isinstance(error, lasting) or "NameResolution" in repr(error)


def _reason(error: requests.RequestException) -> str:
    """What went wrong, in words instead of a chain of exceptions."""
    if "NameResolution" in repr(error):
        return "its name is not known here: is this machine online, or is a proxy needed?"
    kinds: list[tuple[type[requests.RequestException], str]] = [
        (requests.exceptions.SSLError, "its certificate is not accepted"),
        (requests.exceptions.ProxyError, "the proxy of this machine does not let it through"),
        (requests.exceptions.TooManyRedirects, f"more than {REDIRECTS} redirects"),
        (requests.exceptions.InvalidSchema, "it leads on to an address that is not HTTPS"),
        (requests.exceptions.ConnectTimeout, "no connection in time"),
        (requests.exceptions.ReadTimeout, "the answer stands still"),
        (requests.exceptions.ChunkedEncodingError, "the connection broke off"),
    ]
    for kind, words in kinds:
        if isinstance(error, kind):
            return words
    if "timed out" in str(error):
        return "the answer stands still"
    return "no connection" if isinstance(error, requests.ConnectionError) else str(error)
