"""What every remedy for imbalance keeps, as checks of one case: a remedy on one kind of view.

Each check takes what it tests as an argument where a fault can be planted there; the faults stand
in `test_imbalance_faults.py`.
"""

import numpy as np
from imbalance_cases import NETWORK, SEED, choice_of, entry_of, simulated

from kepler_keras.checking import BuildJob, check_build
from kepler_keras.data.augmentation.registry import bind_to_views
from kepler_keras.data.scaling import fit_scaler
from kepler_keras.data.views import one_view
from kepler_keras.errors import InputError
from kepler_keras.experiment import Entry
from kepler_keras.training.backend import load_tensorflow
from kepler_keras.training.fit import Examples, Task, fit_entry
from kepler_keras.training.training_rows import gather_rows


def gathered(case, gather=gather_rows):
    return gather(case.views, case.labels, case.train, remedy=case.remedy, seed=SEED)


def marked(case):
    """The same case with marks in all rows that do not train, and their labels flipped."""
    view, labels = case.view.copy(), case.labels.copy()
    view[case.held_out[::2]], view[case.held_out[1::2]] = 1e6, np.nan
    labels[case.held_out] = 1 - labels[case.held_out]
    return case.changed(view=view, labels=labels)


def shown(case, rows, epochs=2):
    """What a network is shown of these rows: all batches of some epochs."""
    load_tensorflow()
    from kepler_keras.training.batches import TrainingBatches

    batches = TrainingBatches(
        rows,
        scaler=fit_scaler(case.views, case.train),
        transforms=[],
        redrawing=bind_to_views(rows.plan.redrawing, {case.remedy.kind.name: case.remedy.kind}),
        batch_size=16,
        seed=SEED,
    )
    parts = []
    for _ in range(epochs):
        parts += [part for i in range(len(batches)) for part in batches[i]]
        batches.on_epoch_end()
    return parts


def bits(rows):
    plan = rows.plan
    arrays = (rows.real, rows.synthetic.single, rows.labels, plan.indices, plan.sample_weight)
    redrawn = b"" if plan.redrawn is None else plan.redrawn.tobytes()
    numbers = (plan.loss, plan.output_bias, plan.log_odds_offset, plan.planet_share)
    return [array.tobytes() for array in arrays], redrawn, numbers, plan.redrawing


def check_held_out_rows_are_never_touched(case, gather=gather_rows):
    spoiled = marked(case)
    clean, rows = gathered(case, gather), gathered(spoiled, gather)
    assert set(rows.real) <= set(case.train)
    assert np.isfinite(rows.synthetic.single).all()
    assert bits(rows) == bits(clean)
    for one, other in zip(shown(case, clean), shown(spoiled, rows), strict=True):
        assert np.isfinite(other).all()
        assert np.abs(other).max() < 1e5
        assert one.tobytes() == other.tobytes()


def check_weights_do_not_know_held_out_rows(case, fit=fit_entry):
    results = []
    for one in (case, marked(case)):
        fitted = fit(Task(entry_of(one, NETWORK), one.examples, one.train, None, SEED, epochs=2))
        weights = [weight.tobytes() for weight in fitted.model.get_weights()]
        results.append((weights, fitted.scaler, fitted.history, fitted.correction))
    assert results[0] == results[1]


def check_equal_seeds_give_equal_rows(case):
    assert bits(gathered(case)) == bits(gathered(case))


def check_what_it_is_given_is_left(case):
    view, labels = case.view.copy(), case.labels.copy()
    if case.remedy.strategy.resample is None:
        case.remedy.plan(labels, SEED)
    else:
        case.remedy.resample(view, labels, SEED)
    assert view.tobytes() == case.view.tobytes()
    assert labels.tobytes() == case.labels.tobytes()


def check_real_rows_are_known(case):
    rows = gathered(case)
    assert rows.real.dtype == np.int64
    assert len(rows.real) + len(rows.synthetic) == len(rows)
    assert set(rows.real) <= set(case.train)
    for position, row in enumerate(rows.real):
        assert rows.labels[position] == case.labels[row]
    measured = {row.tobytes() for row in case.view[case.train]}
    assert not [row for row in rows.synthetic.single if row.tobytes() in measured]


def check_synthetic_rows_are_finite_planets(case):
    rows = gathered(case)
    assert rows.synthetic.single.dtype == np.float32
    assert rows.synthetic.single.shape[1:] == case.view.shape[1:]
    assert np.isfinite(rows.synthetic.single).all()
    assert set(rows.labels[len(rows.real) :].tolist()) <= {1}
    if case.remedy.strategy.resample is None:
        assert not len(rows.synthetic)


def check_plan_fits_the_rows(case):
    rows = gathered(case)
    assert rows.plan.sample_weight.dtype == np.float32
    assert rows.plan.sample_weight.shape == rows.labels.shape
    assert (rows.plan.sample_weight > 0).all()
    assert np.isfinite(rows.plan.sample_weight).all()
    assert set(rows.labels.tolist()) == {0, 1}
    assert rows.plan.redrawn is None or rows.plan.redrawn.shape == rows.labels.shape
    assert 0 < rows.planet_share < 1


def check_one_class_is_refused(case, labels):
    """One sentence that begins with the name, the same from labels alone and with the views."""
    name = case.remedy.strategy.name
    sentences = []
    train = np.arange(len(labels))
    for ask in (
        lambda: case.remedy.check(labels),
        lambda: gather_rows(case.views[train], labels, train, remedy=case.remedy, seed=SEED),
    ):
        try:
            ask()
        except InputError as error:
            sentences.append(str(error))
    assert len(sentences) == 2
    assert len(set(sentences)) == 1
    n = int(labels.sum())
    assert sentences[0] == (
        f"{name}: both classes are needed among the training rows, got {n} planets and "
        f"{len(labels) - n} others"
    )


def check_models_without_batches_are_refused(case, build=check_build):
    """Where a strategy acts on a loss, a bias or batches."""
    job = BuildJob(entry_of(case, "hist_gradient_boosting"), case.views.shapes)
    sentence = ""
    try:
        build(job)
    except InputError as error:
        sentence = str(error)
    assert ("acts on how a network is trained" in sentence) == case.remedy.strategy.needs_network


def check_predictions_are_of_held_out_rows(table, fold):
    """Each once, with the label it was given."""
    expected = [*fold.validation, *fold.test]
    assert table["example_id"].tolist() == expected
    assert table["split"].tolist() == ["validation"] * len(fold.validation) + ["test"] * len(
        fold.test
    )


def check_offset_is_taken_off(remedy_of, fit=fit_entry):
    """The corrected scores of a logistic model have the mean that the labels have.

    Args:
        remedy_of: The name of a strategy of effect `offset`.
        fit: What fits.
    """
    view, labels = simulated(1200, 0.1, seed=1)
    views = one_view(view, "global_view")
    shuffled = np.random.default_rng(2).permutation(1200)
    entry = Entry.model_validate(
        {
            "name": "e",
            "model": {"name": "mlp", "units": []},
            "view": "global_view",
            "imbalance": choice_of(remedy_of),
            "training": {"learning_rate": 0.02, "batch_size": 64},
        }
    )
    fitted = fit(Task(entry, Examples(views, labels), shuffled, None, SEED, epochs=25))
    assert abs(fitted.score(views).mean() - 0.1) < 0.015
    # Without the correction it is nowhere near.
    uncorrected = 1 / (1 + np.exp(-fitted.log_odds(views)))
    assert abs(uncorrected.mean() - 0.1) > 0.1


def check_scores_are_calibrated(case, fit=fit_entry):
    """Platt scaling brings the mean score of validation rows to their share of planets."""
    rng = np.random.default_rng(5)
    order = rng.permutation(len(case.labels))
    train, validation = np.sort(order[:36]), np.sort(order[36:])
    model = NETWORK if case.remedy.strategy.needs_network else "hist_gradient_boosting"
    fitted = fit(Task(entry_of(case, model), case.examples, train, validation, SEED))
    n_planets = case.labels[validation].sum()
    n_others = len(validation) - n_planets
    # Platt's targets are drawn in by one row a class.
    planets, others = (n_planets + 1) / (n_planets + 2), 1 / (n_others + 2)
    expected = (n_planets * planets + n_others * others) / len(validation)
    assert abs(fitted.score(case.views[validation]).mean() - expected) < 1e-3
