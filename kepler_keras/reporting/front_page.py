"""The page before several reports whose entries may not be ranked together."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from kepler_keras.errors import InputError
from kepler_keras.reporting.across import Ranked, rank_across
from kepler_keras.reporting.page import page_environment
from kepler_keras.reporting.results import Results


@dataclass(frozen=True)
class Group:
    """One of the reports.

    Attributes:
        folder: Its folder, beside the page.
        differs: What keeps it apart from the first, in words; empty for the first.
    """

    folder: str
    results: Results
    differs: tuple[str, ...]


def front_page(groups: Sequence[Group]) -> str:
    """The page as HTML; a function of the results and the folders' names alone."""
    first = groups[0]
    template = page_environment().get_template("front.html.j2")
    return template.render(
        groups=groups,
        why=[_why(group, first) for group in groups[1:]],
        across=_across(groups),
    )


def _why(group: Group, first: Group) -> str:
    return f"{group.folder} was not scored as {first.folder} was: {'; '.join(group.differs)}."


def _across(groups: Sequence[Group]) -> str | None:
    """The command that ranks the entries over all of these data sets, where it can."""
    try:
        rank_across([Ranked.model_validate(one.results.model_dump(mode="json")) for one in groups])
    except InputError:
        return None
    return shlex.join(["kepler-keras", "across", *(group.folder for group in groups)])
