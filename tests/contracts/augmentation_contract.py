"""What every augmentation keeps, as plain functions: `check_...(augmentation, kind, batch)`.

`BEHAVIOUR` is asked on every kind of view that an augmentation can do, `STATEMENT` of what it says
of itself. A check ends in an `AssertionError` where the contract is broken.
"""

import inspect
from dataclasses import dataclass, replace

import numpy as np

from kepler_keras.data.augmentation.augmentation import Batch
from kepler_keras.data.augmentation.registry import bind
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.errors import InputError
from kepler_keras.lightcurve.moved_rows import lines_over_gaps

CADENCE = 0.04  # days
N_ROWS, GAP_ROWS = 48, 12


@dataclass(frozen=True)
class Case:
    """A kind of view and the shape of one example of it."""

    id: str
    kind: ViewKind
    shape: tuple[int, ...]


def flux(**options):
    return ViewKind("flux", False, options, CADENCE)


CASES = [
    Case("flux", flux(), (400, 1)),
    Case("flux_mask", flux(mask=True), (400, 2)),
    Case("flux_lines", flux(gaps="linear"), (400, 1)),
    Case("flux_lines_mask", flux(gaps="linear", mask=True), (400, 2)),
    Case("global_view_even", ViewKind("global_view", True), (20, 1)),
    Case("global_view_odd", ViewKind("global_view", True), (21, 1)),
    Case("local_view", ViewKind("local_view", True), (20, 1)),
    Case("folded_image", ViewKind("folded_image", True), (5, 16, 1)),
]


def batch_of(case):
    """White noise; the first rows of flux have gaps in the middle, one has nothing else."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(N_ROWS, *case.shape[:-1])).astype(np.float32)
    known = np.ones(values.shape, bool)
    if not case.kind.folded:
        known[1:GAP_ROWS, 190:215] = False
        known[1:GAP_ROWS, ::50] &= rng.random((GAP_ROWS - 1, 8)) < 0.5
        known[0] = False
        lines = case.kind.options.get("gaps") == "linear"
        values = lines_over_gaps(values, known) if lines else np.where(known, values, 0)
    view = np.stack([values, known], axis=-1) if case.shape[-1] == 2 else values[..., None]
    labels = (np.arange(N_ROWS) % 4 == 3).astype(np.float32)
    weight = np.where(labels == 1, 3, 1).astype(np.float32)
    return Batch(view.astype(np.float32), labels, weight, planet_share=0.5)


def transform(augmentation, kind):
    return bind(augmentation, {} if keeps(augmentation, kind) else {"force": True}, kind)


def applied(augmentation, kind, batch, seed=1):
    return transform(augmentation, kind)(batch, np.random.default_rng(seed))


def copy_of(batch):
    return Batch(batch.view.copy(), batch.labels.copy(), batch.weight.copy(), batch.planet_share)


def equal(one, other):
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("view", "labels", "weight", "planet_share")
    )


def rows_of(batch, rows):
    return replace(
        batch, view=batch.view[rows], labels=batch.labels[rows], weight=batch.weight[rows]
    )


def check_shape_and_dtype(augmentation, kind, batch):
    result = applied(augmentation, kind, batch)
    for name in ("view", "labels", "weight"):
        before, after = getattr(batch, name), getattr(result, name)
        assert after.shape == before.shape, name
        assert after.dtype == np.float32, name


def check_drawn_from_the_generator(augmentation, kind, batch):
    assert not equal(applied(augmentation, kind, batch, 1), applied(augmentation, kind, batch, 2))


def check_equal_seeds_equal_results(augmentation, kind, batch):
    assert equal(applied(augmentation, kind, batch), applied(augmentation, kind, batch))


def check_input_is_not_changed(augmentation, kind, batch):
    before = copy_of(batch)
    result = applied(augmentation, kind, batch)
    assert equal(batch, before)
    assert not np.array_equal(result.view, batch.view)


def check_examples_stay_apart(augmentation, kind, batch):
    """Every second row is another one; the rest must come out as before, unless declared."""
    if augmentation.mixes_rows:
        return
    other = copy_of(batch)
    other.view[::2] = batch.view[::-1][::2]
    other.labels[::2] = batch.labels[::-1][::2]
    rows = slice(1, None, 2)
    one, same = (rows_of(applied(augmentation, kind, b), rows) for b in (batch, other))
    assert equal(one, same)


def check_labels(augmentation, kind, batch):
    """Labels and weights stay, or, where that is declared, planets stay planets."""
    result = applied(augmentation, kind, batch)
    if not augmentation.relabels:
        assert np.array_equal(result.labels, batch.labels)
        assert np.array_equal(result.weight, batch.weight)
        return
    assert ((result.labels >= 0) & (result.labels <= 1)).all()
    assert (result.weight >= 0).all()
    if not augmentation.mixes_rows:
        assert (result.labels[batch.labels == 1] == 1).all()
    assert result.planet_share == batch.planet_share


def check_gaps_stay_gaps(augmentation, kind, batch):
    """What was not measured is no flux afterwards, and the mask says so.

    Gaps filled neutrally are exactly 0, those drawn as lines lie between their neighbours. A
    transform may move gaps and make new ones, and leaves no row with fewer.
    """
    if kind.folded or (kind.options.get("gaps") == "linear" and batch.view.shape[-1] == 1):
        return
    result = applied(augmentation, kind, batch)
    values = result.view[..., 0]
    if batch.view.shape[-1] == 2:
        assert np.isin(result.view[..., 1], (0, 1)).all()
        known, before = result.view[..., 1] == 1, batch.view[..., 1] == 1
    else:
        known, before = values != 0, batch.view[..., 0] != 0
    assert ((~known).sum(axis=1) >= (~before).sum(axis=1)).all()
    if kind.options.get("gaps") == "linear":
        lines = lines_over_gaps(np.ascontiguousarray(values), known)
        np.testing.assert_allclose(values, lines, atol=1e-4)
    else:
        assert (values[~known] == 0).all()
        assert (values[known] != 0).all()


def check_mask_makes_no_difference(augmentation, kind, batch):
    """The flux with a mask beside it is that without one, where gaps are 0 and so known anyhow."""
    if kind.folded or batch.view.shape[-1] == 1 or kind.options.get("gaps") == "linear":
        return
    bare = replace(batch, view=batch.view[..., :1])
    with_mask = applied(augmentation, kind, batch)
    without = applied(augmentation, ViewKind(kind.name, False, {}, kind.cadence), bare)
    assert np.array_equal(with_mask.view[..., :1], without.view)


def check_finite(augmentation, kind, batch):
    result = applied(augmentation, kind, batch)
    assert all(np.isfinite(values).all() for values in (result.view, result.labels, result.weight))


def check_small_batches(augmentation, kind, batch):
    """None, one row, and rows that are all one number."""
    check_shape_and_dtype(augmentation, kind, rows_of(batch, slice(0)))
    for row in range(3):
        check_shape_and_dtype(augmentation, kind, rows_of(batch, slice(row, row + 1)))
    for level in (0, 3):
        flat = copy_of(batch)
        flat.view[..., 0] = level
        check_finite(augmentation, kind, flat)


def check_value_range(augmentation, kind, batch):
    """Flux and images stay within the range that the view clips to."""
    if kind.name not in ("flux", "folded_image"):
        return
    wide = copy_of(batch)
    wide.view[..., 0] = np.clip(40 * batch.view[..., 0], -20, 10)
    values = applied(augmentation, kind, wide).view[..., 0]
    assert values.min() >= -20
    assert values.max() <= 10


def check_physics_is_a_sentence(augmentation):
    text = augmentation.physics
    assert text[0].isupper()
    assert text.endswith(".")
    assert text.count(". ") == 0
    assert len(text.split()) >= 8


def check_options(augmentation):
    """Every option has a default that its own type allows; nothing else is taken."""
    kind = next(c.kind for c in CASES if augmentation.impossible(c.kind) is None)
    forced = {} if augmentation.physical else {"force": True}
    parameters = inspect.signature(augmentation.apply).parameters.values()
    for option in (p for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY):
        assert option.default is not inspect.Parameter.empty, option.name
        bind(augmentation, {option.name: option.default, **forced}, kind)
    for unknown in ("no_such_option", "batch", "rng", "kind"):
        message = refusal(augmentation, {unknown: 1, **forced}, kind)
        assert message is not None, unknown
        assert f"augmentation {augmentation.name!r}: unknown option {unknown!r}" in message


def check_unsuited_views_are_refused(augmentation):
    """With the end of a sentence, and it suits some view."""
    assert any(augmentation.impossible(case.kind) is None for case in CASES)
    for case in CASES:
        reason = augmentation.impossible(case.kind)
        if reason is None:
            continue
        assert len(reason.split()) >= 5
        assert not reason.endswith(".")
        message = refusal(augmentation, {"force": True}, case.kind)
        assert f"on the view {case.kind.name!r}: {reason}" in message


def keeps(augmentation, kind):
    """Whether it says that the label survives on that kind of view."""
    return augmentation.physical and augmentation.unsuited(kind) is None


def check_what_breaks_the_label_on_a_view_is_refused_there_unless_forced(augmentation):
    for case in CASES:
        reason = augmentation.unsuited(case.kind)
        if reason is None or augmentation.impossible(case.kind):
            continue
        message = refusal(augmentation, {}, case.kind)
        assert message is not None
        assert case.kind.name in message
        assert reason in message
        bind(augmentation, {"force": True}, case.kind)


def check_unphysical_is_refused_unless_forced(augmentation):
    assert isinstance(augmentation.physical, bool)
    kind = next(
        c.kind
        for c in CASES
        if augmentation.impossible(c.kind) is None and augmentation.unsuited(c.kind) is None
    )
    message = refusal(augmentation, {}, kind)
    assert (message is None) == augmentation.physical
    assert (refusal(augmentation, {"force": False}, kind) is None) == augmentation.physical
    for force in (1, "yes", None):
        assert f"must be true or false, got {force!r}" in refusal(
            augmentation, {"force": force}, kind
        )
    bind(augmentation, {"force": True}, kind)
    assert augmentation.physical or f"not physical: {augmentation.physics}" in message


def refusal(augmentation, options, kind):
    """The sentence that refuses these options, or None."""
    try:
        bind(augmentation, options, kind)
    except InputError as error:
        return str(error)
    return None


BEHAVIOUR = (
    check_shape_and_dtype,
    check_drawn_from_the_generator,
    check_equal_seeds_equal_results,
    check_input_is_not_changed,
    check_examples_stay_apart,
    check_labels,
    check_gaps_stay_gaps,
    check_mask_makes_no_difference,
    check_finite,
    check_small_batches,
    check_value_range,
)
STATEMENT = (
    check_physics_is_a_sentence,
    check_options,
    check_unsuited_views_are_refused,
    check_what_breaks_the_label_on_a_view_is_refused_there_unless_forced,
    check_unphysical_is_refused_unless_forced,
)
