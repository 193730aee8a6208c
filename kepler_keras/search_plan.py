"""What a transit search is to search, and how: from a data file, or from an experiment file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kepler_keras.data.layouts import Origin, path_for, recognise
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.sources import read_source
from kepler_keras.errors import InputError
from kepler_keras.experiment import Search, TrainTestPaths
from kepler_keras.experiment_file import read_experiment
from kepler_keras.visible import one_line
from kepler_keras.yaml_file import load_yaml

EXPERIMENT_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True)
class SearchPlan:
    """What is searched, and how.

    Attributes:
        origin: Source, path and options of the curves.
        search: How they are detrended and searched.
    """

    origin: Origin
    search: Search = field(default_factory=Search)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that the source reads."""
        path = self.origin.path
        names = [path.train, path.test] if isinstance(path, TrainTestPaths) else [path]
        return tuple(Path(name) for name in names if name is not None)


def plan_search(given: Path, *, source: str = "", options: Sequence[str] = ()) -> SearchPlan:
    """Plans the search of a file or folder.

    Args:
        given: Data of any source, recognised by their content; or an experiment file, of which
            data and search settings are taken. Gaps stay gaps in either case.
        source: Its source, where it is not to be recognised.
        options: Options of the source, ``key=value`` with the value in YAML; they go before those
            of the experiment file.

    Raises:
        InputError: The file cannot be read or recognised, or an option is no ``key=value``.
    """
    chosen = dict(_option(text) for text in options)
    if given.suffix in EXPERIMENT_ENDINGS:
        if source:
            raise InputError(f"--source: {given} is an experiment file and names its own source")
        plan = _plan_of_experiment(given)
    else:
        plan = SearchPlan(Origin(source, path_for(source, given)) if source else recognise(given))
    origin = plan.origin
    return replace(plan, origin=replace(origin, options={**origin.options, **chosen}))


def with_settings(
    plan: SearchPlan,
    *,
    min_period: float = 0.0,
    max_period: float = 0.0,
    durations: tuple[float, ...] = (),
) -> SearchPlan:
    """The plan with other periods and durations in days; 0 and none given change nothing."""
    changes: dict[str, Any] = {"min_period": min_period, "max_period": max_period}
    changes = {name: value for name, value in changes.items() if value}
    if durations:
        changes["durations"] = durations
    return replace(plan, search=plan.search.model_copy(update=changes))


def durations_of(text: str) -> tuple[float, ...]:
    """Reads days as ``0.08,0.16``; nothing gives nothing.

    Raises:
        InputError: One is no number above 0.
    """
    try:
        numbers = tuple(float(item) for item in text.split(",") if text.strip())
    except ValueError:
        numbers = (0.0,)
    if not all(0 < number < float("inf") for number in numbers):
        raise InputError(f"--durations: must be days above 0, as 0.08,0.16, got {text!r}")
    return numbers


def read_curves(plan: SearchPlan) -> LightCurves:
    """Reads the curves of a plan; labels are not needed.

    Raises:
        InputError: They cannot be read, or come folded.
    """
    origin = plan.origin
    curves = read_source(origin.source, origin.path, origin.options)
    if curves.cadence is None:
        place = plan.files[0] if plan.files else f"source {origin.source}"
        raise InputError(
            f"{place}: the curves are folded on a period already (source {origin.source}); a "
            "search needs flux over time"
        )
    return curves


def _plan_of_experiment(path: Path) -> SearchPlan:
    experiment = read_experiment(path)
    data = experiment.data
    return SearchPlan(Origin(data.source, data.path, data.options), experiment.search)


def _option(text: str) -> tuple[str, Mapping[str, Any]]:
    key, equals, value = text.partition("=")
    if not equals or not key or key != one_line(key):
        raise InputError(f"--option needs key=value, got {text!r}")
    try:
        return key, load_yaml(value)
    except InputError as error:
        raise InputError(f"--option {key}: {error}, got {value!r}") from error
