"""Scores of new curves by a saved model: prepared by an executor, scored here chunk by chunk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kepler_keras.candidates import curve_names
from kepler_keras.data.layouts import Origin
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.period_search import Found, check_search
from kepler_keras.data.pipeline import (
    ANY,
    CURVES,
    Flux,
    Preparation,
    Prepared,
    prepare_and_keep,
)
from kepler_keras.data.row_parts import row_parts
from kepler_keras.data.sources import read_source
from kepler_keras.errors import InputError
from kepler_keras.executors import ONE_THREAD, Executor, Made
from kepler_keras.preparation import ready_views
from kepler_keras.progress import stage
from kepler_keras.scores_table import NAN, Dip, Scored
from kepler_keras.searching import CHUNK_VALUES, depth_scale
from kepler_keras.training.saved import ROWS_AT_A_TIME, CurveScorer

NO_FLUX = "no flux at all"
CADENCE_TOLERANCE = 0.01  # a share: missions differ by more, the quarters of one by less


def read_unlabelled(origin: Origin) -> LightCurves:
    """Reads curves without a look at labels where these would leave curves out.

    Raises:
        InputError: They cannot be read.
    """
    blind = {"label_column": None} if origin.source == "astronet_tfrecord" else {}
    return read_source(origin.source, origin.path, {**origin.options, **blind})


def predict_curves(
    curves: LightCurves, scorer: CurveScorer, executor: Executor = ONE_THREAD, *, place: str
) -> list[Scored]:
    """Scores every curve by itself; the scores depend on neither chunks nor executor.

    Args:
        curves: As a source gives them; labels and catalogued ephemerides are not looked at.
        scorer: The model.
        executor: Where curves are prepared; the model itself stays in this process.
        place: How an error names the data.

    Returns:
        One row a curve, in their order, and one for each that the source left out.

    Raises:
        InputError: The model takes no such data.
    """
    given = taken_arrays(curves, scorer.preparation, place=place)
    reasons = unusable(given, curves, scorer.preparation)
    scores, dips = np.full(len(curves), np.nan), [Dip()] * len(curves)
    usable = [row for row in range(len(curves)) if row not in reasons]
    if usable:
        _check_search(curves, scorer.preparation, place=place)
    parts = _parts(given, usable)

    def curves_of(position: int) -> _Curves:
        rows = parts[position]
        part = {name: np.array(array[rows]) for name, array in given.items()}
        return _Curves(part, rows, scorer.preparation)

    with stage("scoring, curve", len(curves)) as counter:
        if reasons:
            counter.advance(steps=len(reasons))
        for position, made in executor.run(_prepared, Made(len(parts), curves_of)):
            for rows, prepared in made:
                if isinstance(prepared, str):
                    reasons[int(rows[0])] = prepared
                    continue
                scores[rows] = scorer.score_prepared(prepared)
                for number, row in enumerate(rows.tolist()):
                    dips[row] = _dip(given, row, prepared.found, number, scorer)
            counter.advance(steps=len(parts[position]))
    return _rows(curves, scorer, scores, dips, reasons)


def taken_arrays(
    curves: LightCurves, preparation: Preparation, *, place: str
) -> dict[str, NDArray[np.float32]]:
    """The arrays that a model takes of some curves, by name.

    Raises:
        InputError: They are not of the kind that it was trained on.
    """
    brought = ready_views(curves)
    if CURVES in preparation.inputs:
        _check_kind(curves, preparation, place=place)
        brought = {**brought, CURVES: curves.flux}
    for name, n_columns in preparation.inputs.items():
        if name not in brought:
            known = ", ".join(brought) or "none"
            raise InputError(
                f"{place}: the model takes the ready view {name!r}, the data bring {known}"
            )
        if n_columns not in (ANY, brought[name].shape[1]):
            what = f"a view {name!r}" if name != CURVES else "curves"
            raise InputError(
                f"{place}: the model takes {what} of {n_columns} columns, each by itself, got "
                f"{brought[name].shape[1]}"
            )
    return {name: brought[name] for name in preparation.inputs}


def _check_kind(curves: LightCurves, preparation: Preparation, *, place: str) -> None:
    if (curves.cadence is None) != (preparation.cadence is None):
        kinds = ("flux over time", "curves folded on their period")
        wanted, came = kinds if preparation.cadence is not None else kinds[::-1]
        raise InputError(f"{place}: the model takes {wanted}, these are {came}")
    if curves.cadence is not None and curves.level != preparation.level:
        raise InputError(
            f"{place}: the model takes flux {_unit(preparation.level)}, these curves have it "
            f"{_unit(curves.level)} (FITS files: --option normalise=quarter or none)"
        )


def _check_search(curves: LightCurves, preparation: Preparation, *, place: str) -> None:
    if curves.cadence is None or not preparation.needs_search:
        return
    try:
        check_search(curves.flux.shape[1], cadence=curves.cadence, search=preparation.search)
    except InputError as error:
        raise InputError(f"{place}: the model's search does not fit: {error}") from error


def _unit(level: float) -> str:
    if level == 1e6:
        return "in ppm about its median"
    return f"about its median of {level:g}" if level else "in a unit without a level"


def unusable(
    given: Mapping[str, Flux], curves: LightCurves, preparation: Preparation
) -> dict[int, str]:
    """Why curves cannot be scored, by row: of another cadence, or without flux."""
    if CURVES not in given:
        return {}
    if curves.cadence is not None and preparation.cadence is not None:
        came, known = 1440 * curves.cadence, 1440 * preparation.cadence
        if abs(came / known - 1) > CADENCE_TOLERANCE:
            reason = f"a cadence of {came:.4g} min, the model was trained at {known:.4g} min"
            return dict.fromkeys(range(len(curves)), reason)
    flux = given[CURVES]
    bright = [np.isfinite(flux[part]).any(axis=1) for part in row_parts(flux)]
    dark = np.flatnonzero(~np.concatenate(bright)) if bright else ()
    return {int(row): NO_FLUX for row in dark}


def _parts(given: Mapping[str, Flux], rows: Sequence[int]) -> list[NDArray[np.intp]]:
    """Rows in chunks that are small in memory."""
    widest = max(array.shape[1] for array in given.values())
    size = max(1, min(CHUNK_VALUES // widest, 8 * ROWS_AT_A_TIME))
    return [np.array(rows[start : start + size]) for start in range(0, len(rows), size)]


@dataclass(frozen=True)
class _Curves:
    """Some curves, as a worker gets them.

    Attributes:
        given: The arrays that the model takes of them.
        rows: Which they are.
    """

    given: Mapping[str, Flux]
    rows: NDArray[np.intp]
    preparation: Preparation

    def one(self, number: int) -> "_Curves":
        """One of them."""
        part = slice(number, number + 1)
        given = {name: array[part] for name, array in self.given.items()}
        return replace(self, given=given, rows=self.rows[part])


def _prepared(curves: _Curves) -> list[tuple[NDArray[np.intp], Prepared | str]]:
    """The views of some rows; where that fails, of each by itself, or why it cannot be prepared."""
    try:
        return [(curves.rows, prepare_and_keep(curves.given, curves.preparation))]
    except InputError as error:
        if len(curves.rows) == 1:
            return [(curves.rows, str(error))]
        return [one for number in range(len(curves.rows)) for one in _prepared(curves.one(number))]


def _dip(
    given: Mapping[str, Flux], row: int, found: Found | None, number: int, scorer: CurveScorer
) -> Dip:
    """What was found in a curve, which has this number in its chunk."""
    if found is None or not np.isfinite(found.signals.period[number, 0]):
        return Dip()
    numbers = {
        name: float(getattr(found.signals, name)[number, 0])
        for name in ("period", "t0", "duration", "depth", "snr")
    }
    flux, flat = given[CURVES][row : row + 1], found.flat[number : number + 1]
    scale, has_level = depth_scale(flux, flat, level=scorer.preparation.level)
    numbers["depth"] /= float(scale[0])
    return Dip(**numbers, depth_unit="ppm" if has_level[0] else "scatter")


def prepared_row(curves: LightCurves, scorer: CurveScorer, row: int) -> Prepared:
    """One curve as the model sees it, and what was found in it."""
    given = {**ready_views(curves), CURVES: curves.flux}
    names = scorer.preparation.inputs
    return scorer.prepare_curves({name: np.array(given[name][row : row + 1]) for name in names})


def _rows(
    curves: LightCurves,
    scorer: CurveScorer,
    scores: NDArray[np.float64],
    dips: Sequence[Dip],
    reasons: Mapping[int, str],
) -> list[Scored]:
    threshold = NAN if scorer.decision is None else scorer.decision.threshold
    kind = scorer.score_kind
    names = curve_names(curves.stars.tolist())
    scored = [
        Scored(name, float(scores[row]), kind, threshold, dips[row], reasons.get(row, ""))
        for row, name in enumerate(names)
    ]
    absent = curves.left_out.items()
    return [*scored, *(Scored(name, NAN, kind, threshold, reason=why) for name, why in absent)]
