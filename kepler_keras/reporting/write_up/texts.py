"""The texts of a write-up, each template filled in the language of its file.

What a template puts in is escaped unless the template itself marks it as finished: a text that
somebody forgot about is shown and never obeyed.
"""

import re
from collections.abc import Callable
from typing import Any

from jinja2 import Environment

from kepler_keras.reporting import wording
from kepler_keras.reporting.templating import template_environment
from kepler_keras.reporting.write_up.content import Content
from kepler_keras.reporting.write_up.latex import breakable_tex, tex
from kepler_keras.reporting.write_up.markdown import md, md_code
from kepler_keras.reporting.write_up.panels import pages
from kepler_keras.reporting.write_up.references import bibtex
from kepler_keras.visible import one_line

ROWS_IN_A_TABLE = 16  # of two lines each; a float is never longer than a page


class Finished(str):
    """Text in the language of the file already."""


def texts(content: Content) -> dict[str, str]:
    """The text of each file by its name."""
    latex, markdown = _latex(), _markdown()
    return {
        "table.tex": latex.get_template("table.tex.j2").render(c=content),
        "write_up.tex": latex.get_template("write_up.tex.j2").render(c=content),
        "report.md": markdown.get_template("report.md.j2").render(c=content),
        "references.bib": bibtex(content.references),
    }


def label(name: str) -> str:
    """A name as a part of a LaTeX label."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-") or "experiment"


def _latex() -> Environment:
    environment = _environment(
        breakable_tex,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    environment.filters["label"] = lambda text: Finished(label(text))
    environment.filters["keys"] = lambda keys: Finished(",".join(keys))
    environment.filters["part"] = lambda rows: pages(rows, ROWS_IN_A_TABLE) if rows else []
    environment.filters["stacked"] = lambda text: Finished(_stacked(text))
    environment.filters["comment"] = lambda text: Finished(one_line(text))
    return environment


def _stacked(text: str) -> str:
    """A heading on two lines, broken before the middle word."""
    words = text.split()
    middle = (len(words) + 1) // 2
    return r"\\".join(tex(" ".join(part)) for part in (words[:middle], words[middle:]) if part)


def _markdown() -> Environment:
    environment = _environment(md)
    environment.filters["code"] = lambda text: Finished(md_code(text))
    return environment


def _environment(escape: Callable[[str], str], **marks: str) -> Environment:
    def finished(value: Any) -> str:
        return value if isinstance(value, Finished) else escape(str(value))

    environment = template_environment(autoescape=False, finalize=finished, **marks)
    environment.filters["count"] = wording.count
    environment.filters["own"] = Finished  # what this package wrote and needs no escape
    environment.filters["capital"] = wording.capitalize_first
    return environment
