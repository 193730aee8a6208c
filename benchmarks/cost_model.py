"""What all of Kepler and the whole zoo would cost: hours, memory and storage of each step.

Constants are measured on a few hundred stars (estimators: thousands), one worker of one thread
each: the period search and the views by star, each entry of `experiments/kepler_zoo.yaml` by star
and epoch, the report by row of the predictions, MLflow by fold. The model is linear in these
(k-nearest neighbours: quadratic). It is then checked against a run twenty times as large, and
written down as docs/cost_model.csv.

    python benchmarks/cost_model.py            # measure, check, write, plan
    python benchmarks/cost_model.py --plan     # the plan alone, from docs/cost_model.csv
"""

import argparse
import os
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import Any

import cost_steps as steps
import pandas as pd
from cost_steps import Cost

from kepler_keras.experiment import Entry, Experiment
from kepler_keras.experiment_file import read_experiment

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "docs" / "cost_model.csv"
SHORT, LONG = 3197, 65_000  # cadences: of a Kaggle curve, and of all of Kepler's quarters
FEW, STARS_LONG = 64, 16
SMALL, MIDDLE, TIMES = 256, 1024, 20
MANY = 4096  # what is fitted at once is too fast with fewer
EPOCHS = 9  # of the larger fit: fast networks take less for an epoch than they vary by
REPORT_STARS, RUNS = 4000, 50
CHECKED = ("mlp", "conv1d", "exonet_xs", "logistic_regression", "hist_gradient_boosting")
QUADRATIC = ("knn_dtw",)
AT_ONCE = (  # fitted without epochs
    "bls_snr",
    "hist_gradient_boosting",
    "logistic_regression",
    "minirocket",
    "multirocket_hydra",
    "prevalence",
)
FITS_BYTES, QUARTERS = 456_000, 17  # mean of 163 long-cadence files of 2026; quarters of a star
GB = 1e9
LARGE = 4 * GB  # of memory: fits that need more have a line of their own in the plan
DEAR = 0.2  # share of all hours: so have entries that take more


@dataclass(frozen=True)
class Constant:
    """What one unit of a step costs.

    Attributes:
        step: `search`, `views`, `report`, `tracking`, or `fit NAME`.
        start: Seconds whatever the size.
        each: Seconds a unit: star; star and epoch; star squared; row; fold.
        n_bytes: Written, a unit.
        memory: Bytes of the process that was measured; of a fit with few rows.
        memory_each: Bytes a star more, of what takes all rows at once.
    """

    step: str
    start: float
    each: float
    n_bytes: float
    memory: float
    memory_each: float = 0.0

    def seconds(self, units: float) -> float:
        """Of so many units."""
        return self.start + self.each * units


@dataclass(frozen=True)
class Line:
    """A step of a plan; hours of one processor, storage in bytes."""

    step: str
    hours: float
    memory: float
    n_bytes: float
    shared: bool  # among all processors of a cluster


def line_through(name: str, sizes: tuple[float, float], costs: tuple[Cost, Cost]) -> Constant:
    """The constants that give both costs."""
    (n, m), (small, large) = sizes, costs
    each = max(large.seconds - small.seconds, 0.0) / (m - n)
    return Constant(name, max(small.seconds - each * n, 0.0), each, large.n_bytes, large.memory)


def by_unit(name: str, units: int, cost: Cost) -> Constant:
    """The constant of what costs nothing to begin with."""
    return Constant(name, 0.0, cost.seconds / units, cost.n_bytes / units, cost.memory)


def units_of_fit(entry: Entry, n_stars: float, epochs: int) -> float:
    """What the time of a fold goes with."""
    if entry.model.name in QUADRATIC:
        return n_stars**2
    return n_stars * (1 if entry.model.name in AT_ONCE else epochs)


def measure(experiment: Experiment) -> list[Constant]:
    """All constants."""
    choices = steps.with_all_views(experiment)
    found = [
        by_unit("search", STARS_LONG, steps.search_cost(STARS_LONG, LONG)),
        by_unit("views", STARS_LONG, steps.view_cost(STARS_LONG, LONG, choices)),
        by_unit("search, 3197 cadences", FEW, steps.search_cost(FEW, SHORT)),
        by_unit("views, 3197 cadences", FEW, steps.view_cost(FEW, SHORT, choices)),
    ]
    views = steps.views_of(FEW, SHORT, choices)
    for entry in experiment.entries:
        found.append(fit_constant(entry, views))
        print(f"{found[-1].step}: {found[-1].start:.1f} s and {found[-1].each:.2e}", flush=True)
    sizes = steps.report_rows(REPORT_STARS // 4), steps.report_rows(REPORT_STARS)
    reports = steps.report_cost(REPORT_STARS // 4), steps.report_cost(REPORT_STARS)
    found.append(line_through("report", sizes, reports))
    cost = steps.tracking_cost(RUNS)
    found.append(Constant("tracking", 0.0, cost.seconds / RUNS, cost.n_bytes, cost.memory))
    return found


def fit_constant(entry: Entry, views: steps.Views) -> Constant:
    """Of a fold of an entry."""
    many = MANY if entry.model.name in AT_ONCE else MIDDLE
    small = steps.fit_cost(entry, views, n_stars=SMALL, epochs=1)
    large = steps.fit_cost(entry, views, n_stars=many, epochs=EPOCHS)
    sizes = units_of_fit(entry, SMALL, 1), units_of_fit(entry, many, EPOCHS)
    constant = line_through(f"fit {entry.name}", sizes, (small, large))
    if entry.model.name not in (*AT_ONCE, *QUADRATIC):  # the others read rows by the batch
        return constant
    each = max(large.memory - small.memory, 0.0) / (many - SMALL)
    return replace(constant, memory=small.memory, memory_each=each)


def check(experiment: Experiment, constants: dict[str, Constant]) -> pd.DataFrame:
    """Measured and predicted seconds of each step at twenty times the size."""
    choices = steps.with_all_views(experiment)
    stars = TIMES * FEW
    rows: list[tuple[str, float, float]] = []

    def add(step: str, units: float, cost: Cost) -> None:
        rows.append((step, constants[step].seconds(units), cost.seconds))
        print(f"{step}: {rows[-1][1]:.1f} s predicted, {rows[-1][2]:.1f} s measured", flush=True)

    add("search, 3197 cadences", stars, steps.search_cost(stars, SHORT))
    add("views, 3197 cadences", stars, steps.view_cost(stars, SHORT, choices))
    views = steps.views_of(FEW, SHORT, choices)
    for entry in experiment.entries:
        if entry.name in CHECKED:
            cost = steps.fit_cost(entry, views, n_stars=TIMES * SMALL, epochs=EPOCHS)
            add(f"fit {entry.name}", units_of_fit(entry, TIMES * SMALL, EPOCHS), cost)
    n = TIMES * REPORT_STARS // 4
    add("report", steps.report_rows(n), steps.report_cost(n))
    add("tracking", TIMES * RUNS, steps.tracking_cost(TIMES * RUNS))
    table = pd.DataFrame(rows, columns=["step", "predicted", "measured"])
    together = "together", table["predicted"].sum(), table["measured"].sum()
    return pd.concat([table, pd.DataFrame([together], columns=table.columns)], ignore_index=True)


def plan(experiment: Experiment, constants: dict[str, Constant], n_stars: int) -> list[Line]:
    """Steps of an experiment on so many stars of `LONG` cadences; epochs as far as they may go."""
    protocol = experiment.protocol
    n_folds = protocol.folds * protocol.repeats
    lines = [
        Line("files as they come", 0.0, 0.0, FITS_BYTES * QUARTERS * n_stars, False),
        Line("flux on one grid", 0.0, 0.0, 4.0 * LONG * n_stars, False),
    ]
    for step in ("search", "views"):
        one = constants[step]
        lines.append(
            Line(step, one.seconds(n_stars) / 3600, one.memory, one.n_bytes * n_stars, True)
        )
    for entry in experiment.entries:
        one = constants[f"fit {entry.name}"]
        units = units_of_fit(entry, n_stars, entry.training.epochs)
        seconds = one.seconds(units) * len(entry.seeds) * n_folds
        memory = one.memory + one.memory_each * n_stars
        lines.append(Line(one.step, seconds / 3600, memory, 0.0, True))
    rows = len(experiment.entries) * n_folds * n_stars * 2 / protocol.folds  # validation, test
    one = constants["report"]
    lines.append(Line("report", one.seconds(rows) / 3600, one.memory, one.n_bytes * rows, False))
    one, runs = constants["tracking"], len(experiment.entries) * n_folds
    lines.append(Line("tracking", one.seconds(runs) / 3600, 0.0, one.n_bytes * runs, False))
    return lines


def as_table(lines: list[Line], *, processors: tuple[int, ...] = (2, 64)) -> str:
    """The plan in Markdown, with all fits together, and hours on the clock."""
    others = [line for line in lines if not line.step.startswith("fit ")]
    fits = [line for line in lines if line.step.startswith("fit ")]
    dear = [line for line in fits if line.hours > DEAR * sum(one.hours for one in fits)]
    cheap = [line for line in fits if line not in dear]
    large = [line for line in cheap if line.memory > LARGE]
    small = [line for line in cheap if line.memory <= LARGE]
    groups = [_together(small, "fits of {} entries"), _together(large, "fits of {} more")]
    quick = [*others[:4], *groups, *dear, *others[4:]]
    head = ["step", "processor hours", *(f"hours on {n}" for n in processors)]
    rows = [f"| {' | '.join([*head, 'memory of a worker', 'storage'])} |", f"|---{'|---:' * 5}|"]
    for line in quick:
        clock = [line.hours / (n if line.shared else 1) for n in processors]
        cells = [line.step, *(_number(value) for value in (line.hours, *clock))]
        rows.append(f"| {' | '.join([*cells, _size(line.memory), _size(line.n_bytes)])} |")
    return "\n".join(rows)


def _together(lines: list[Line], words: str) -> Line:
    """Some fits as one line, with the memory of the largest."""
    hours, memory = sum(line.hours for line in lines), max(line.memory for line in lines)
    return Line(words.format(len(lines)), hours, memory, 0.0, True)


def _number(hours: float) -> str:
    return "" if hours == 0 else f"{hours:,.0f}" if hours >= 10 else f"{hours:.2g}"


def _size(n_bytes: float) -> str:
    return "" if n_bytes == 0 else f"{n_bytes / GB:,.1f} GB"


def checked_table(table: pd.DataFrame) -> str:
    """Predicted and measured seconds in Markdown."""
    rows = ["| step | predicted | measured | ratio |", "|---|---:|---:|---:|"]
    for step, predicted, measured in table.itertuples(index=False):
        words = f"{predicted:.1f} s | {measured:.1f} s | {predicted / measured:.2f}"
        rows.append(f"| {step} | {words} |")
    return "\n".join(rows)


def read_figures(path: Path = FIGURES) -> tuple[dict[str, Constant], pd.DataFrame]:
    """Constants by step, and what was predicted and measured."""
    table = pd.read_csv(path)
    names = [item.name for item in fields(Constant)]
    of_model = table[table["each"].notna()]
    constants = {row[0]: Constant(*row) for row in of_model[names].itertuples(index=False)}
    checked = table.loc[table["measured"].notna(), ["step", "predicted", "measured"]]
    return constants, checked.reset_index(drop=True)


def _write(constants: list[Constant], checked: pd.DataFrame) -> None:
    names = [item.name for item in fields(Constant)]
    made: Any = pd.DataFrame([astuple(one) for one in constants], columns=names)
    pd.concat([made, checked]).to_csv(FIGURES, index=False, float_format="%.6g")


def zoo() -> Experiment:
    """The experiment with every model; its data are not read."""
    os.environ.setdefault("KEPLER_KERAS_DATA", ".")
    return read_experiment(ROOT / "experiments" / "kepler_zoo.yaml", [])


def main() -> None:
    """Measures and checks if asked, and prints the plan."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plan", action="store_true", help="measure nothing")
    parser.add_argument("--stars", type=int, default=200_000)
    asked = parser.parse_args()
    experiment = zoo()
    if not asked.plan:
        constants = measure(experiment)
        _write(constants, check(experiment, {one.step: one for one in constants}))
    known, checked = read_figures()
    print(as_table(plan(experiment, known, asked.stars)))
    print(checked_table(checked))


if __name__ == "__main__":
    main()
