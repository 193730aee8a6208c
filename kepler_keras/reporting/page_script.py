"""The page's own script, and the digest by which the page lets it run and no other."""

import base64
import hashlib
from dataclasses import dataclass
from importlib import resources

from markupsafe import Markup


@dataclass(frozen=True)
class PageScript:
    """JavaScript text and its digest for a content security policy (SHA-256, base 64)."""

    text: Markup
    digest: str


def page_script() -> PageScript:
    """The script that sorts tables and moves thresholds; without it the page still says all."""
    file = resources.files("kepler_keras.reporting").joinpath("templates", "report.js")
    text = file.read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return PageScript(Markup(text), base64.b64encode(digest).decode("ascii"))
