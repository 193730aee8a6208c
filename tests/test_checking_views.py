# ruff: noqa: E501 (a sentence is easier to compare in one line)
"""Entries with several views, and entries that are left out, before any fold begins."""

import pytest
from made_experiment import experiment_of, one_view_unless_named

from kepler_keras.checking import check_entries, with_standing_baseline, without
from kepler_keras.errors import InputError
from kepler_keras.experiment import Entry
from kepler_keras.record import LeftOut

BOTH = ["global_view", "local_view"]


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"augmentations": ["noise"]}, "augmentation 'noise' would change each of the views global_view, local_view"),
        ({"augmentations": ["nois_e_"]}, "augmentations: there is no 'nois_e_'"),
        ({"imbalance": "smote"}, "'smote' makes new rows of one view, this entry has 2: global_view, local_v"),
        (
            {"imbalance": {"name": "augmented_oversampling", "augmentations": ["noise"]}},
            "augmentation 'noise' would change each of the views",
        ),
        (
            {"views": ["flux", "global_view"], "augmentations": [{"name": "circular_shift"}]},
            "'circular_shift' on the view 'global_view': it needs unfolded flux",
        ),
        (
            {
                "views": ["flux", "global_view"],
                "imbalance": {"name": "augmented_oversampling", "augmentations": ["circular_shift"]},
            },
            "'circular_shift' on the view 'global_view': it needs unfolded flux",
        ),
        ({"views": ["scalars"], "augmentations": ["time_reversal"]}, "a curve is needed, got features alone"),
        (
            {"views": ["scalars"], "imbalance": "augmented_oversampling"},
            "'time_reversal': a curve is needed, got features alone",
        ),
        (
            {"views": ["spectrum"], "augmentations": ["time_reversal"]},
            "'time_reversal': the star's light along time or phase is needed, and view 'spectrum' shows",
        ),
        (
            {"views": ["flux", "log_differences"], "augmentations": ["time_reversal"]},
            "view 'log_differences' shows what is made of it",
        ),
        (
            {"views": ["log_differences"], "ensemble": {"members": 2, "reversal": True}},
            "ensemble.reversal: the star's light along time or phase is needed",
        ),
        (
            {"views": ["scalars"], "ensemble": {"members": 2, "reversal": True}},
            "ensemble.reversal: a curve is needed, got features alone",
        ),
        (
            {"views": ["scalars", "flux"], "imbalance": {"name": "augmented_oversampling", "augmentations": ["phase_jitter"]}},
            "phase_jitter' on the view 'flux': it needs a folded view",
        ),
    ],
)  # fmt: skip
def test_what_does_not_suit_all_views_is_refused(entry, sentence):
    made = experiment_of(**{"views": BOTH, **entry})
    with pytest.raises(InputError, match=f"^entry 'e1': .*{sentence}"):
        check_entries(made, cadence=0.02, ready_views=["scalars"])


def test_what_treats_all_views_alike_passes():
    for views in (BOTH, ["scalars", "global_view"], ["global_view", "scalars"]):
        made = experiment_of(views=views, augmentations=["time_reversal"])
        assert check_entries(made, cadence=0.02, ready_views=["scalars"]) == []
    one_curve = experiment_of(views=["scalars", "global_view"], augmentations=["noise"])
    assert check_entries(one_curve, cadence=0.02, ready_views=["scalars"]) == []
    repeats = experiment_of(views=BOTH, imbalance="augmented_oversampling")
    assert check_entries(repeats, cadence=0.02) == []


def with_others(*others, baseline="e1", **entry):
    first = experiment_of(**entry)
    made = [
        Entry.model_validate({"model": "mlp", **one_view_unless_named(other), **other})
        for other in others
    ]
    return first.model_copy(update={"entries": (*first.entries, *made), "baseline": baseline})


def test_an_optional_entry_is_left_out_where_the_data_cannot_give_its_views():
    rich = {"name": "rich", "views": ["flux", "scalars"], "optional": True}
    experiment = with_others(
        rich, {"name": "rich.a", "against": "rich"}, {"name": "e1.a", "against": "e1"}
    )
    (left_out,) = check_entries(experiment, cadence=0.02)
    reason = "view 'scalars' needs numbers beside the curves (data.scalars)"
    assert left_out == LeftOut(entry="rich", reason=reason, failed=False)
    assert [entry.name for entry in without(experiment, [left_out]).entries] == ["e1", "e1.a"]
    assert check_entries(experiment, cadence=0.02, ready_views=["scalars"]) == []
    folded = experiment_of(view="flux", optional=True)
    (left_out,) = check_entries(folded, cadence=None)
    assert "needs unfolded flux" in left_out.reason


def test_an_entry_that_is_not_optional_must_have_its_views():
    experiment = with_others({"name": "rich", "views": ["flux", "scalars"]})
    with pytest.raises(InputError, match=r"^entry 'rich': view 'scalars' needs numbers beside"):
        check_entries(experiment, cadence=0.02)


def test_optional_excuses_no_misspelt_view():
    experiment = with_others({"name": "rich", "view": "fluxx", "optional": True})
    with pytest.raises(InputError, match=r"^entry 'rich': there is no view 'fluxx'"):
        check_entries(experiment, cadence=0.02)


def test_the_baseline_cannot_be_left_out():
    experiment = experiment_of(views=["scalars"], optional=True)
    left_out = check_entries(experiment, cadence=0.02)
    with pytest.raises(
        InputError, match=r"^the baseline 'e1' cannot take part: view 'scalars' needs"
    ):
        without(experiment, left_out)


def test_another_entry_stands_in_for_a_baseline_that_broke():
    one = experiment_of()
    made = one.model_copy(
        update={"entries": (*one.entries, one.entries[0].model_copy(update={"name": "e2"}))}
    )
    assert with_standing_baseline(made, []) == (made, [])
    broke = LeftOut(entry="e1", reason="why", failed=True)
    changed, faults = with_standing_baseline(made, [broke])
    assert changed.baseline == "e2"
    assert faults == ["the baseline 'e1' broke: 'e2' stands in for it"]
    assert [entry.name for entry in without(changed, [broke]).entries] == ["e2"]
    with pytest.raises(InputError, match=r"^why$"):
        with_standing_baseline(made, [broke, LeftOut(entry="e2", reason="too", failed=True)])
