"""Which transforms keep the label and which break it: the figures of docs/augmentations.md.

    KEPLER_KERAS_DATA=... python docs/augmentation_study.py --out docs    # 2 to 4 minutes

Every transform is done once to every star, and what can be measured before is measured after. The
real part is left out where the variable is not set. Writes `augmentation_check.csv` and prints the
page's tables.
"""

import argparse
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from augmentation_changes import Changed, changed, is_physical, names
from augmentation_measures import Measures, measure_flux
from augmentation_rule import Figure, change, difference, median, share
from augmentation_stars import VIEWS, Seen, Stars, real, seen, simulated, true_period, with_gaps
from augmentation_tables import read, tables, write
from numpy.typing import NDArray

ALARM = 0.01  # share of untouched quiet stars above the SNR that counts as a false alarm
SPREAD = (16, 84)  # percentiles


def main() -> None:
    """Runs the study, writes its table and prints it for the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the table")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--stars", type=int, default=1500, help="simulated ones")
    options = parser.parse_args()
    rows = list(study(simulated(options.stars, options.seed), options.seed, folded=True))
    if data := os.environ.get("KEPLER_KERAS_DATA"):
        rows += study(real(Path(data), options.seed), options.seed, folded=False)
    path = options.out / "augmentation_check.csv"
    write(pd.DataFrame(rows), path)
    print(*tables(read(path)), sep="\n\n")


def study(stars: Stars, seed: int, *, folded: bool) -> Iterator[dict[str, object]]:
    """Rows of the table: every figure of every transform in every view that it can be done to."""
    snr = None
    for choice in VIEWS if folded else VIEWS[:1]:
        view = seen(stars, choice, snr)
        snr = view.before.snr if snr is None else snr
        print(
            f"{stars.name} stars, {choice.name}: {len(view.hosts)} hosts, {len(view.quiet)} quiet, "
            f"{len(view.binaries)} binaries",
            flush=True,
        )
        for name in names(view.kind):
            done = changed(name, view, seed)
            for figure, row in figures(view, done).items():
                yield {
                    "transformation": name,
                    "physical": is_physical(name),
                    "view": choice.name,
                    "stars": stars.name,
                    "figure": figure,
                    **row,
                }


def figures(seen: Seen, done: Changed) -> dict[str, dict[str, object]]:
    """Each figure of a transform; those that the rule judges have the names of its limits."""
    after = seen.measure(done.batch, done.period)
    before = seen.before.rows(done.base)
    host, quiet, binary = (
        np.flatnonzero(np.isin(done.base, rows)) for rows in (seen.hosts, seen.quiet, seen.binaries)
    )
    binary = binary[done.batch.labels[binary] < 0.5]
    result = {}
    found = after.found
    if done.stretch is not None:
        result["found_stretched"] = _shares(before.found, found, host)
        own = true_period(seen.stars)[done.base]
        found = measure_flux(with_gaps(done.batch.view), own, cadence=seen.stars.cadence).found
        result["density"] = _figure(median(np.exp(2 * np.abs(np.log(done.stretch[host])))))
    result["found"] = _shares(before.found, found, host)
    for name in ("depth", "duration", "snr"):
        result[name] = _ratios(before, after, name, host)
    if not seen.kind.folded:
        result |= _of_quiet(seen, done, before, after, quiet)
    if len(binary) and np.isfinite(before.odd_even[binary]).any():
        result["odd_even"] = _ratios(before, after, "odd_even", binary)
    return result


def _of_quiet(
    seen: Seen, done: Changed, before: Measures, after: Measures, quiet: NDArray[np.intp]
) -> Mapping[str, dict[str, object]]:
    """False alarms among stars that are still labelled 0, and planets found in those that are not.

    A label in between counts as that of the star which the row is mostly made of.
    """
    result = {}
    injected = np.intersect1d(quiet, done.injected)
    still = quiet[done.batch.labels[quiet] < 0.5]
    if len(still):
        limit = float(np.quantile(seen.before.best_snr[seen.quiet], 1 - ALARM))
        result["alarms"] = _shares(before.best_snr > limit, after.best_snr > limit, still)
    if len(injected):
        untouched, there = seen.before.found[seen.hosts] == 1, after.found[injected] == 1
        both = {"before": share(untouched).value, "after": share(there).value}
        result["injected"] = _figure(difference(untouched, there)) | both | _ends(share(there))
    return result


def _shares(before: NDArray[Any], after: NDArray[Any], rows: NDArray[np.intp]) -> dict[str, object]:
    """Change of a share among some rows, and the share itself before and after."""
    first, second = before[rows] == 1, after[rows] == 1
    both = {"before": share(first).value, "after": share(second).value}
    return _figure(change(first, second)) | both | _ends(share(second))


def _ratios(
    before: Measures, after: Measures, name: str, rows: NDArray[np.intp]
) -> dict[str, object]:
    """Median of after over before among some rows, and how far it spreads."""
    old, new = getattr(before, name)[rows], getattr(after, name)[rows]
    known = np.isfinite(old + new) & (old > 0)
    ratio = new[known] / old[known]
    low, high = np.percentile(ratio, SPREAD) if len(ratio) else (np.nan, np.nan)
    return _figure(median(ratio)) | {"p16": low, "p84": high}


def _figure(figure: Figure) -> dict[str, object]:
    return {"value": figure.value, "low": figure.low, "high": figure.high, "n": figure.n}


def _ends(after: Figure) -> dict[str, object]:
    return {"after_low": after.low, "after_high": after.high}


if __name__ == "__main__":
    main()
