"""What has come of a file so far: `NAME.part`, and `NAME.part.json`, which says of what.

A part is gone on with only where the server can prove, by an ETag or a date, that it still has
the same file; otherwise the file is begun anew.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from kepler_keras.data.fetch.connection import BrokenOffError


@dataclass(frozen=True)
class Part:
    """The half file beside its final place, `path`."""

    path: Path

    @property
    def data(self) -> Path:
        """The bytes so far."""
        return self.path.with_name(f"{self.path.name}.part")

    @property
    def memo(self) -> Path:
        """Address, validator and size of the file that the bytes are of."""
        return self.path.with_name(f"{self.path.name}.part.json")

    @property
    def lock(self) -> Path:
        """Held by the process that is at work."""
        return self.path.with_name(f"{self.path.name}.part.lock")

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self.data.stat().st_size if self.data.exists() else 0

    def request_headers(self, url: str) -> dict[str, str]:
        """Headers that ask for the rest, if it is still the same file; none to ask for all."""
        memo = self._read_memo()
        validator = memo.get("validator")
        if memo.get("url") != url or not isinstance(validator, str) or not self.size:
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": validator}

    def begin(self, url: str, response: requests.Response, asked: dict[str, str]) -> int | None:
        """Makes the part ready for the body of an answer.

        Returns:
            The size that the whole file will have, or None where the server does not say.

        Raises:
            BrokenOffError: The answer does not go on where the part ends; the part is given up.
        """
        if response.status_code == 200:
            self.discard()
            total = _whole_number(response.headers.get("Content-Length"))
            if _is_encoded(response):  # the length is that of the packed bytes
                total = None
            memo = {"url": url, "validator": validator(response), "total": total}
            self.memo.write_text(json.dumps(memo), encoding="utf-8")
            return total
        start, total = _content_range(response)
        same = validator(response) in (None, asked.get("If-Range"))
        if response.status_code != 206 or start != self.size or not same or not asked:
            self.discard()
            raise BrokenOffError("the server cannot go on where the connection broke", wait=0.0)
        return total

    def discard(self) -> None:
        """Forgets what has come."""
        self.data.unlink(missing_ok=True)
        self.memo.unlink(missing_ok=True)

    def become_whole(self) -> None:
        """Gives the finished bytes their final name, in one step."""
        os.replace(self.data, self.path)
        self.memo.unlink(missing_ok=True)

    def _read_memo(self) -> dict[str, Any]:
        try:
            memo = json.loads(self.memo.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return memo if isinstance(memo, dict) else {}


def validator(response: requests.Response) -> str | None:
    """What proves that a file is still the same: a strong ETag, else the date of its last change.

    Source: RFC 9110, Sec. 13.1.5.
    """
    if _is_encoded(response):
        return None
    etag = response.headers.get("ETag", "")
    if etag.startswith('"'):
        return etag
    return response.headers.get("Last-Modified")


def _is_encoded(response: requests.Response) -> bool:
    return response.headers.get("Content-Encoding", "identity") != "identity"


def _content_range(response: requests.Response) -> tuple[int | None, int | None]:
    """First byte and size of the whole file, from a header as ``bytes 100-199/200``."""
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    if not found:
        return None, None
    return int(found[1]), _whole_number(found[2])


def _whole_number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
