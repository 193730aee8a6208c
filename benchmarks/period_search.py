"""The period search beside astropy's box least squares: recall on the same stars, and CPU time.

Each star has one planet in white noise, with an expected SNR of exactly 7, then of 9. Both sides
get the same arrays, periods (0.5 to 21.8 d) and six durations; astropy ranks by SNR and takes its
own grid of periods, this package its own. Then a table of speed against recall, stars with gaps,
and stars that vary. A period is right within 1 %. CPU seconds of one thread, machine code compiled
before. Astropy's own grid takes about 3 s a star, so the whole takes about two hours; a grid 20
times coarser finds as many planets in ten minutes:

    python benchmarks/period_search.py --out period_search.json
    python benchmarks/period_search.py --grid 20 --jobs 2

Settings are chosen on stars of another seed than those that are reported on (0 stars: no
such section):

    python benchmarks/period_search.py --seed 1 --grid 20 --stars 0 --gapped 0 --frontier 0
"""

import argparse
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import astropy
from period_recall import PairedDifference, aliases, right
from searches import (
    SIX_DURATIONS,
    Astropy,
    Found,
    Ours,
    machine_code_seconds,
    search_astropy,
    search_ours,
)
from transit_stars import (
    PlanetStars,
    red_stars,
    white_stars,
    with_losses,
    without_middle_third,
)

NO_PRIOR = {"duration_range": (0.0, float("inf"))}
SAME = Ours("ours, the same six durations", {"durations": SIX_DURATIONS, **NO_PRIOR})
DEFAULT = Ours("ours, as it comes")
OURS = (
    DEFAULT,
    SAME,
    Ours("ours, as it comes, no prior", NO_PRIOR),
    Ours("ours, six durations, prior", {"durations": SIX_DURATIONS}),
    Ours("ours, three durations", {"durations": SIX_DURATIONS[::2], **NO_PRIOR}),
    Ours("ours, two durations", {"durations": SIX_DURATIONS[1:5:3], **NO_PRIOR}),
)
OTHERS = (
    *(Astropy(10, grid) for grid in (5, 20, 40, 80)),
    *(Astropy(oversample, grid) for oversample in (5, 3) for grid in (1, 20, 40)),
)
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

    def section(title: str, stars: PlanetStars) -> None:
        results[title] = side_by_side(title, stars, reference, jobs=asked.jobs)
        if asked.out:  # what is done stays if the run is stopped
            asked.out.write_text(json.dumps(results, indent=2) + "\n")

    for title, make in sections(asked).items():
        section(title, make())
    if asked.frontier:
        stars = white_stars(asked.frontier, seed=asked.seed, snr=min(asked.snr))
        results["frontier"] = frontier(stars, reference, asked.jobs)
    if asked.out:
        asked.out.write_text(json.dumps(results, indent=2) + "\n")


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--stars", type=int, default=1000, help="of each SNR, in white noise")
    parser.add_argument("--snr", type=float, nargs="+", default=[7.0, 9.0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--grid", type=float, default=1.0, help="astropy's frequency_factor")
    parser.add_argument("--gapped", type=int, default=100, help="stars of each kind of gap")
    parser.add_argument("--red", type=int, default=200, help="stars that vary")
    parser.add_argument("--frontier", type=int, default=100, help="stars of the last table")
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
        wanted["stars that vary"] = partial(red_stars, asked.red, seed=seed)
    return wanted


def side_by_side(
    title: str, stars: PlanetStars, reference: Astropy, *, jobs: int
) -> dict[str, Any]:
    """Both sides on one population; ours before and after astropy's, the mean of both times."""
    before = [search_ours(stars.flux, setting) for setting in (SAME, DEFAULT)]
    theirs = search_astropy(stars.flux, reference, jobs=jobs, title=f"{title}: {reference.name}")
    after = [search_ours(stars.flux, setting) for setting in (SAME, DEFAULT)]
    print(f"\n{title}, {len(stars)} stars")
    rows = {reference.name: row(reference.name, theirs, theirs, stars)}
    for setting, first, second in zip((SAME, DEFAULT), before, after, strict=True):
        both = Found(first.period, (first.cpu_s + second.cpu_s) / 2)
        rows[setting.name] = row(setting.name, both, theirs, stars)
    return rows


def row(name: str, found: Found, theirs: Found, stars: PlanetStars) -> dict[str, Any]:
    """Prints and gives the figures of one search."""
    hits = right(found.period, stars.period)
    against = PairedDifference.of(hits, right(theirs.period, stars.period))
    multiples = aliases(found.period, stars.period)
    ratio = theirs.cpu_s / found.cpu_s
    counted = ", ".join(f"{count} {kind}" for kind, count in multiples.items() if count)
    print(
        f"  {name:42s} recall {hits.mean():.3f} ({hits.sum()}/{len(hits)}; aliases: "
        f"{counted or 'none'}), {found.cpu_ms_a_star:.3g} CPU ms a star",
        flush=True,
    )
    if found is not theirs:
        print(f"      {ratio:.3g} times as fast; recall {against}", flush=True)
    return {
        "right": int(hits.sum()),
        "stars": len(hits),
        "aliases": multiples,
        "cpu_ms_a_star": found.cpu_ms_a_star,
        "ratio": ratio,
        "difference": against.value,
        "interval": against.interval,
        "gained": against.gained,
        "lost": against.lost,
        "judgement": against.judgement,
    }


def frontier(stars: PlanetStars, reference: Astropy, jobs: int) -> dict[str, Any]:
    """Every setting of both sides on the same stars, and what the coarsest honest one takes."""
    theirs = search_astropy(stars.flux, reference, jobs=jobs)
    searched = {reference.name: theirs}
    for other in OTHERS:
        if other.frequency_factor >= reference.frequency_factor and other != reference:
            searched[other.name] = search_astropy(stars.flux, other, jobs=jobs)
    ours = {setting.name: search_ours(stars.flux, setting) for setting in OURS}
    print(f"\nspeed and recall of every setting, {len(stars)} stars")
    rows = {name: row(name, found, theirs, stars) for name, found in (searched | ours).items()}
    fastest = min(
        (name for name in searched if rows[name]["right"] >= rows[reference.name]["right"]),
        key=lambda name: searched[name].cpu_s,
    )
    ratio = searched[fastest].cpu_s / ours[SAME.name].cpu_s
    print(f"  fastest of astropy with no star fewer right: {fastest}")
    print(f"  {SAME.name}: {ratio:.3g} times as fast as that")
    return {"rows": rows, "fastest_astropy": fastest, "ratio_to_fastest_astropy": ratio}


if __name__ == "__main__":
    main()
