"""Text as Markdown (CommonMark, with GitHub's tables and links) that shows it and does no more."""

import re

from kepler_keras.visible import one_line, visible

ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
MARKS = re.compile(r"([\\`*_{}\[\]|~$#@!])")
# What would begin a list, a heading, a quotation or a rule at the start of a line.
OPENING = re.compile(r"^([-+=](?=[-+=\s]|$)|\d+(?=[.)](?:\s|$)))")
# What GitHub turns into links by itself.
ADDRESS = re.compile(r"(://)|(\bwww)\.", re.IGNORECASE)


def md(text: str) -> str:
    """The text on one line for Markdown, for a sentence, an item or a cell of a table."""
    line = MARKS.sub(r"\\\1", one_line(text))
    line = re.sub(r"[&<>]", lambda match: ENTITIES[match.group()], line)
    line = ADDRESS.sub(lambda match: r"\://" if match[1] else rf"{match[2]}\.", line)
    return OPENING.sub(_closed, line)


def md_code(text: str) -> str:
    """The text as a block of code, whatever stands in it: a fence longer than any inside."""
    body = visible(text).rstrip("\n")
    runs = [len(run) for run in re.findall(r"`+", body)]
    fence = "`" * max([3, *(run + 1 for run in runs)])
    return f"{fence}\n{body}\n{fence}"


def _closed(match: re.Match[str]) -> str:
    found = match.group()
    return f"\\{found}" if not found.isdigit() else f"{found}\\"
