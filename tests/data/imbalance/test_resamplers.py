"""Resamplers on flattened views: counts, which rows are real, and what cannot be done."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from kepler_keras.data.imbalance.neighbours import tell_apart
from kepler_keras.data.imbalance.registry import find_strategy
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice

FOLDED = ViewKind("global_view", folded=True)
FLUX = ViewKind("flux", folded=False, cadence=0.02)
LABELS = (np.arange(500) % 50 == 7).astype(np.int8)  # 10 planets, 490 others


@pytest.fixture(autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield


def remedy(name, kind=FOLDED, **options):
    return find_strategy(Choice(name=name, options=options), kind)


def views(labels, *, seed=0, shift=1.5):
    """Three bins a row, planets apart by `shift` in the middle one."""
    view = np.random.default_rng(seed).normal(size=(len(labels), 3, 1)).astype(np.float32)
    view[labels == 1, 1] -= shift
    return view


def counts(made, labels):
    both = np.concatenate([labels[made.indices], made.synthetic_labels])
    return int((both == 1).sum()), int((both == 0).sum())


@pytest.mark.parametrize("name", ["smote", "borderline_smote"])
def test_interpolated_planets_are_as_many_as_the_others(name):
    view = views(LABELS)
    made = remedy(name).resample(view, LABELS, 1)
    assert made.indices.tolist() == list(range(500))
    assert counts(made, LABELS) == (490, 490)
    assert made.synthetic.shape == (480, 3, 1)
    planets = view[LABELS == 1]
    assert made.synthetic.min() >= planets.min()  # on lines between planets
    assert made.synthetic.max() <= planets.max()


def test_adasyn_makes_as_many_but_for_rounding():
    planets, others = counts(remedy("adasyn").resample(views(LABELS), LABELS, 1), LABELS)
    assert others == 490
    assert abs(planets - 490) <= 5  # half a row for each of ten planets


def test_the_ratio_is_of_planets_to_others():
    made = remedy("smote", ratio=0.1).resample(views(LABELS), LABELS, 1)
    assert counts(made, LABELS) == (49, 490)


def test_tomek_links_lose_both_of_their_rows():
    """On a line: planets at 0, 1, 2, 10.1 and others from 10; 10 and 10.1 are a link."""
    values = [0.0, 1.0, 2.0, 10.1, 10.0, 12, 14, 16, 18, 20, 22, 24]
    labels = np.array([1] * 4 + [0] * 8, np.int8)
    view = np.array(values, np.float32)[:, None, None]
    made = remedy("smote_tomek", ratio=0.5, k_neighbors=2).resample(view, labels, 1)
    assert len(made.synthetic) == 0  # 4 planets are half of 8 others already
    assert made.indices.tolist() == [0, 1, 2, 5, 6, 7, 8, 9, 10, 11]


def test_edited_neighbours_lose_every_row_that_one_of_three_contradicts():
    """The other at 2.6 is among the three nearest of all planets from 0 to 3, and they of it."""
    planets = [0.0, 1.0, 2.0, 3.0, 100.0, 101.0, 102.0, 103.0]
    others = [2.6, 200.0, 201.0, 202.0, 203.0, 204.0, 205.0, 206.0, 207.0, 208.0]
    labels = np.array([1] * 8 + [0] * 10, np.int8)
    view = np.array(planets + others, np.float32)[:, None, None]
    made = remedy("smote_enn", ratio=0.8, k_neighbors=2).resample(view, labels, 1)
    assert len(made.synthetic) == 0  # 8 planets are as many as asked for
    assert sorted(made.indices.tolist()) == [4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17]


def test_equal_rows_take_turns():
    before = np.array([[1, 1], [2, 2], [1, 1], [3, 3]], np.float32)
    labels = np.array([0, 1, 0, 1], np.int8)
    after = np.array([[1, 1], [1, 1], [1, 1], [3, 3], [2, 2.5], [1, 1]], np.float32)
    classes = np.array([0, 0, 0, 1, 1, 1], np.int8)
    made = tell_apart(before, labels, after, classes, example_shape=(2, 1))
    assert made.indices.tolist() == [0, 2, 0, 3]
    assert made.synthetic.tolist() == [[[2.0], [2.5]], [[1.0], [1.0]]]  # (1, 1) was no planet
    assert made.synthetic_labels.tolist() == [1, 1]


@pytest.mark.parametrize(
    "sampler",
    [
        *("ADASYN", "BorderlineSMOTE", "RandomOverSampler", "SMOTE", "SMOTEN", "SVMSMOTE"),
        *("AllKNN", "ClusterCentroids", "CondensedNearestNeighbour", "EditedNearestNeighbours"),
        *("NearMiss", "NeighbourhoodCleaningRule", "OneSidedSelection", "RandomUnderSampler"),
        *("RepeatedEditedNearestNeighbours", "TomekLinks", "SMOTEENN", "SMOTETomek"),
    ],
)
def test_real_rows_of_any_sampler_are_found(sampler):
    labels = (np.arange(120) % 6 == 0).astype(np.int8)
    view = views(labels, shift=3.0)
    made = remedy("imblearn", sampler=sampler).resample(view, labels, 1)
    again = remedy("imblearn", sampler=sampler).resample(view, labels, 1)
    assert made.synthetic.tobytes() == again.synthetic.tobytes()
    assert len(set(made.indices.tolist())) == len(made.indices) or sampler == "RandomOverSampler"
    real = {row.tobytes() for row in view}
    assert not [row for row in made.synthetic if row.tobytes() in real]
    expected_synthetic = {1} if "SMOTE" in sampler or sampler == "ADASYN" else set()
    if sampler == "ClusterCentroids":
        expected_synthetic = {0}
    assert set(made.synthetic_labels.tolist()) == expected_synthetic


def test_parameters_reach_the_sampler():
    options = {"sampler": "SMOTE", "parameters": {"sampling_strategy": 0.1, "k_neighbors": 2}}
    made = remedy("imblearn", **options).resample(views(LABELS), LABELS, 1)
    assert counts(made, LABELS) == (49, 490)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"sampler": "KMeanSMOTE"}, "imbalanced-learn has no sampler 'KMeanSMOTE'; did you mean"),
        ({"sampler": "SMOTE", "parameters": {"k": 3}}, "SMOTE: unknown parameter 'k'; known are"),
        (
            {"sampler": "SMOTE", "parameters": {"k_neighbors": "many"}},
            "SMOTE: The 'k_neighbors' parameter of SMOTE must be",
        ),
        (
            {"sampler": "SMOTE", "parameters": {"random_state": 3}},
            "SMOTE: random_state is set by the experiment, not in parameters",
        ),
        ({"sampler": "TomekLinks", "parameters": {"n_jobs": 8}}, "TomekLinks: n_jobs is set by"),
        ({"sampler": "SMOTENC"}, "SMOTENC: .*missing 1 required .* 'categorical_features'"),
    ],
)
def test_wrong_samplers_are_refused_from_labels_alone(options, sentence):
    with pytest.raises(InputError, match=f"^imblearn: {sentence}"):
        remedy("imblearn", **options).check(LABELS)


@pytest.mark.parametrize(
    "name", ["smote", "borderline_smote", "adasyn", "smote_tomek", "smote_enn"]
)
def test_too_few_planets_for_their_neighbours_are_refused_from_labels_alone(name):
    labels = (np.arange(30) < 3).astype(np.int8)
    sentence = (
        f"^{name}: k_neighbors = 5 needs more than 5 planets among the training rows, got 3; "
        "lower k_neighbors$"
    )
    with pytest.raises(InputError, match=sentence):
        remedy(name).check(labels)
    with pytest.raises(InputError, match=sentence):
        remedy(name).resample(views(labels), labels, 1)
    remedy(name, k_neighbors=2).check(labels)


def test_too_few_rows_for_the_border_are_refused_from_labels_alone():
    labels = np.array([1, 1, 1, 0, 0, 0, 0, 0], np.int8)
    sentence = "^borderline_smote: m_neighbors = 10 needs more than 10 training rows, got 8; lower"
    with pytest.raises(InputError, match=sentence):
        remedy("borderline_smote", k_neighbors=2).check(labels)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("borderline_smote", "no planet among the training rows has at least half, but not all"),
        ("adasyn", "ADASYN cannot use these rows: Not any neigbours belong to the majority class"),
    ],
)
def test_classes_without_a_border_are_refused(name, sentence):
    with pytest.raises(InputError, match=f"^{name}: {sentence}"):
        remedy(name).resample(views(LABELS, shift=100.0), LABELS, 1)


def test_adasyn_with_nothing_to_make_is_refused():
    """One row is wanted, and each planet's part of it is rounded to none."""
    labels = (np.arange(66) < 6).astype(np.int8)
    options = {"ratio": 7 / 60, "k_neighbors": 5}
    with pytest.raises(InputError, match=r"^adasyn: ADASYN cannot use .*: No samples will be gen"):
        remedy("adasyn", **options).resample(views(labels, shift=0.0), labels, 1)


def test_kmeans_without_clusters_is_refused():
    with pytest.raises(InputError, match=r"^imblearn: KMeansSMOTE cannot .*: No clusters found"):
        remedy("imblearn", sampler="KMeansSMOTE").resample(views(LABELS), LABELS, 1)


def test_cleaning_that_leaves_nothing_is_refused():
    view = np.arange(8, dtype=np.float32)[:, None, None]
    labels = np.array([1, 0] * 4, np.int8)  # every row has the other class beside it
    sentence = "^smote_enn: SMOTEENN left 0 planets and 0 others of the training rows; both clas"
    with pytest.raises(InputError, match=sentence):
        remedy("smote_enn", k_neighbors=2).resample(view, labels, 1)


@pytest.mark.parametrize(
    "name", ["smote", "borderline_smote", "adasyn", "smote_tomek", "smote_enn", "imblearn"]
)
def test_lines_between_unaligned_curves_are_refused_unless_forced(name):
    options = {"sampler": "SMOTE"} if name == "imblearn" else {}
    sentence = f"'{name}' on the view 'flux' is not physical: .* two trains of transits"
    with pytest.raises(InputError, match=sentence):
        remedy(name, FLUX, **options)
    assert remedy(name, FLUX, force=True, **options).kind == FLUX


def test_a_mask_is_interpolated_like_any_other_number():
    view = np.concatenate([views(LABELS), np.ones((500, 3, 1), np.float32)], axis=-1)
    view[np.flatnonzero(LABELS)[::2], 0, 1] = 0  # every other planet was not measured there
    mask = remedy("smote", FLUX, force=True).resample(view, LABELS, 1).synthetic[..., 1]
    assert ((mask >= 0) & (mask <= 1)).all()
    assert ((mask[:, 0] > 0) & (mask[:, 0] < 1)).any()
    assert (mask[:, 1:] == 1).all()


def test_seeds_draw_other_rows():
    made = [remedy("smote").resample(views(LABELS), LABELS, seed).synthetic for seed in (1, 2)]
    assert made[0].tobytes() != made[1].tobytes()
