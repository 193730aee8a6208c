"""The command `kepler-keras across`: entries ranked over several comparisons."""

from pathlib import Path
from typing import Annotated

import typer


def across(
    reports: Annotated[
        list[Path],
        typer.Argument(
            metavar="REPORT...",
            help="Folders of reports, or their results.json; three or more, each of other data.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="The picture, .svg or .png.", metavar="FILE")] = Path(
        "across.svg"
    ),
) -> None:
    """Rank entries over several data sets: a critical-difference diagram.

    Example: kepler-keras across reports/one reports/two reports/three --out ranks.svg
    """
    from kepler_keras.reporting.across import (
        across_sentences,
        check_format,
        draw_across,
        rank_across,
        read_ranked,
    )

    check_format(out)
    comparisons = [read_ranked(path) for path in reports]
    found = rank_across(comparisons)
    draw_across(found, out)
    for sentence in across_sentences(found, comparisons[0].primary_metric):
        print(sentence)
    print(f"picture: {out}")
