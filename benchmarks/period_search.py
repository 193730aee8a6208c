"""The period search beside astropy's box least squares: recall on the same stars, and CPU time.

Each star has one planet in white noise, with an expected SNR of exactly 7, then of 9. Both sides
get the same arrays, periods (0.5 to 21.8 d) and six durations; astropy ranks by SNR and takes its
own grid of periods, this package its own. Then stars with gaps, and stars that vary, detrended as
the search does and as views are. A period is right within 1 %. CPU seconds of one thread, machine
code compiled before.

Astropy's default grid takes about 4 s a star: a few stars tell its time and its recall. All others
meet a grid 20 times coarser, which finds as many planets. The last table looks for the fastest
setting of astropy whose recall is no lower, so two ratios come out: against the grid that astropy
chooses by itself, and against that setting.

    python benchmarks/period_search.py --out period_search.json   # about a quarter of an hour
"""

import argparse
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import astropy
from search_tables import AS_IT_COMES, DEFAULT, SAME, frontier, ratios, side_by_side
from searches import Astropy, machine_code_seconds
from transit_stars import (
    PlanetStars,
    red_stars,
    white_stars,
    with_losses,
    without_middle_third,
)

from kepler_keras.experiment import Search

DETRENDINGS = {
    "detrended as the search does": Search(),
    "detrended as views are": Search(detrend="spline", window=1.5),
}
GAPPED_SNR = 9.0
WARM_UP = 64  # stars


def main() -> None:
    """Measures every section, prints it and keeps the figures."""
    asked = arguments()
    reference = Astropy(10, asked.grid)
    seconds = machine_code_seconds(white_stars(WARM_UP, seed=asked.seed + 1, snr=9).flux, DEFAULT)
    seconds += machine_code_seconds(white_stars(WARM_UP, seed=asked.seed + 1, snr=9).flux, SAME)
    print(f"machine code, compiled or loaded: {seconds:.1f} CPU s, in none of the times below")
    results: dict[str, Any] = {
        "astropy": astropy.__version__,
        "reference": reference.name,
        "machine_code_cpu_s": seconds,
        "settings": {name: value for name, value in vars(asked).items() if name != "out"},
    }

    def section(title: str, stars: PlanetStars, theirs: Astropy = reference) -> None:
        results[title] = side_by_side(title, stars, theirs, jobs=asked.jobs)
        if asked.out:  # what is done stays if the run is stopped
            asked.out.write_text(json.dumps(results, indent=2) + "\n")

    for title, make in sections(asked).items():
        section(title, make())
    weakest = partial(white_stars, seed=asked.seed, snr=min(asked.snr))
    if asked.default_grid:
        section("astropy's default grid", weakest(asked.default_grid), AS_IT_COMES)
    if asked.frontier:
        results["frontier"] = frontier(weakest(asked.frontier), reference, asked.jobs)
    if asked.default_grid and asked.frontier:
        results["ratios"] = ratios(results)
    if asked.out:
        asked.out.write_text(json.dumps(results, indent=2) + "\n")


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--stars", type=int, default=1000, help="of each SNR, in white noise")
    parser.add_argument("--snr", type=float, nargs="+", default=[7.0, 9.0])
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--grid", type=float, default=20.0, help="astropy's frequency_factor")
    parser.add_argument("--default-grid", type=int, default=48, help="stars for astropy's own grid")
    parser.add_argument("--gapped", type=int, default=100, help="stars of each kind of gap")
    parser.add_argument("--red", type=int, default=200, help="stars that vary")
    parser.add_argument("--frontier", type=int, default=304, help="stars of the last table")
    parser.add_argument("--jobs", type=int, default=1, help="processes of astropy's side")
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    return parser.parse_args()


def sections(asked: argparse.Namespace) -> dict[str, Callable[[], PlanetStars]]:
    """The populations that are asked for, by title; made when their turn comes."""
    seed = asked.seed
    wanted: dict[str, Callable[[], PlanetStars]] = {
        f"white noise, SNR {snr:g}": partial(white_stars, asked.stars, seed=seed, snr=snr)
        for snr in asked.snr
        if asked.stars
    }
    if asked.gapped:
        whole = white_stars(asked.gapped, seed=seed, snr=GAPPED_SNR)
        wanted |= {
            "a tenth of the cadences lost": partial(with_losses, whole, seed=seed),
            "the middle third lost": partial(without_middle_third, whole),
        }
    if asked.red:
        wanted |= {
            f"stars that vary, {name}": partial(red_stars, asked.red, seed=seed, search=search)
            for name, search in DETRENDINGS.items()
        }
    return wanted


if __name__ == "__main__":
    main()
