"""The tables of the comparison: recall and CPU time of both sides, and how many times as fast."""

from typing import Any

from period_recall import PairedDifference, aliases, right
from searches import SIX_DURATIONS, Astropy, Found, Ours, search_astropy, search_ours
from transit_stars import PlanetStars

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
AS_IT_COMES = Astropy(10, 1.0)
COARSER = tuple(Astropy(oversample, grid) for oversample in (10, 5, 3) for grid in (20, 40, 80))


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
    """Every setting of both sides on the same stars.

    Of astropy's the fastest is named that has no fewer stars right than the reference, or than
    this package as it comes: the lower of both, in astropy's favour.
    """
    theirs = search_astropy(stars.flux, reference, jobs=jobs)
    searched = {reference.name: theirs}
    for other in COARSER:
        if other != reference:
            searched[other.name] = search_astropy(stars.flux, other, jobs=jobs)
    ours = {setting.name: search_ours(stars.flux, setting) for setting in OURS}
    print(f"\nspeed and recall of every setting, {len(stars)} stars")
    rows = {name: row(name, found, theirs, stars) for name, found in (searched | ours).items()}
    least = min(rows[reference.name]["right"], rows[DEFAULT.name]["right"])
    fastest = min(
        (name for name in searched if rows[name]["right"] >= least),
        key=lambda name: searched[name].cpu_s,
    )
    return {"rows": rows, "fastest_astropy": fastest}


def ratios(results: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Astropy's CPU time a star over this package's, for both of astropy's grids that matter."""
    rows = results["frontier"]["rows"]
    fastest = results["frontier"]["fastest_astropy"]
    others = {
        f"default grid ({AS_IT_COMES.name})": results["astropy's default grid"][AS_IT_COMES.name],
        f"fastest setting with no lower recall ({fastest})": rows[fastest],
    }
    print("\nCPU time a star, astropy's over this package's")
    found: dict[str, dict[str, float]] = {}
    for name, other in others.items():
        found[name] = {
            setting.name: other["cpu_ms_a_star"] / rows[setting.name]["cpu_ms_a_star"]
            for setting in (DEFAULT, SAME)
        }
        against = ", ".join(f"{ratio:.3g} ({ours})" for ours, ratio in found[name].items())
        print(f"  against its {name}: {against}", flush=True)
    return found
