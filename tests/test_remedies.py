# ruff: noqa: E501 (a sentence is easier to compare in one line)
"""Remedies of an experiment file become entries; each wrong one is refused with its sentence."""

import pytest

from kepler_keras.experiment import Choice, Entry, Experiment

GOOD = """\
name: small
question: What do remedies buy?
data: {source: folded}
entries:
  - name: dense
    model: mlp
    view: global_view
    training: {epochs: 7}
  - name: conv
    model: conv1d
    view: global_view
    augmentations: [noise]
baseline: dense
remedies:
  - imbalance: class_weights
  - {name: focal_g1, imbalance: {name: focal, gamma: 1}}
  - {imbalance: smote, augmentations: [time_reversal]}
  - {name: plain, augmentations: [], entries: [conv]}
"""
NAMES = [
    "dense",
    "conv",
    "dense.class_weights",
    "dense.focal_g1",
    "dense.smote.time_reversal",
    "conv.class_weights",
    "conv.focal_g1",
    "conv.smote.time_reversal",
    "conv.plain",
]


def by_name(experiment):
    return {entry.name: entry for entry in experiment.entries}


def test_every_entry_is_tried_with_every_remedy(read):
    experiment = read(GOOD)
    assert [entry.name for entry in experiment.entries] == NAMES
    assert [entry.against for entry in experiment.entries] == [
        None, None, "dense", "dense", "dense", "conv", "conv", "conv", "conv",
    ]  # fmt: skip


def test_an_ablation_differs_in_what_the_remedy_replaces_only(read):
    entries = by_name(read(GOOD))
    dense, conv = entries["dense"], entries["conv"]
    assert entries["dense.focal_g1"] == dense.model_copy(
        update={
            "name": "dense.focal_g1",
            "against": "dense",
            "imbalance": Choice(name="focal", options={"gamma": 1}),
        }
    )
    both = entries["conv.smote.time_reversal"]
    assert (both.imbalance, both.augmentations) == (
        Choice(name="smote"),
        (Choice(name="time_reversal"),),
    )
    assert entries["conv.class_weights"].augmentations == conv.augmentations
    assert entries["conv.plain"].augmentations == ()
    assert entries["conv.plain"].imbalance == conv.imbalance


def test_what_is_written_out_has_entries_only_and_reads_back(read):
    experiment = read(GOOD)
    assert "remedies" not in experiment.model_dump()
    assert Experiment.model_validate(experiment.model_dump()) == experiment
    assert Experiment.model_validate_json(experiment.model_dump_json()) == experiment


def test_reading_leaves_the_document_as_it_is():
    entry = Entry(name="e", model=Choice(name="mlp"), views=(Choice(name="flux"),))
    remedies = [{"imbalance": "smote"}]
    document = {
        "name": "n",
        "question": "?",
        "data": {"source": "folded"},
        "entries": [entry],
        "baseline": "e",
        "remedies": remedies,
    }
    assert [item.name for item in Experiment(**document).entries] == ["e", "e.smote"]
    assert document["entries"] == [entry]
    assert document["remedies"] == [{"imbalance": "smote"}]


def test_an_ablation_may_be_written_out_and_is_tried_with_no_remedy(read):
    text = GOOD.replace(
        "  - name: conv\n",
        "  - {name: d2, model: mlp, view: flux, against: dense}\n  - name: conv\n",
    )
    entries = by_name(read(text))
    assert entries["d2"].against == "dense"
    assert list(entries) == ["dense", "d2", *NAMES[1:]]


def test_no_remedies_are_no_ablations(read):
    assert len(read(GOOD, "remedies=[]").entries) == 2


def test_set_reaches_entries_and_remedies_before_they_are_multiplied(read):
    entries = by_name(
        read(
            GOOD,
            "entries.dense.training.epochs=2",
            "remedies.focal_g1.imbalance.gamma=3",
            "remedies.0.imbalance.positive_weight=5",
            "remedies.2.augmentations=[noise]",
            "remedies.2.imbalance.k=null",
        )
    )
    assert entries["dense.class_weights"].training.epochs == 2
    assert entries["dense.focal_g1"].imbalance.options == {"gamma": 3}
    assert entries["conv.class_weights"].imbalance.options == {"positive_weight": 5}
    assert entries["dense.smote.noise"].imbalance.options == {"k": None}


PATTERN = "'^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$'"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("imbalance: smote,", "imbalence: smote,", "line 17: remedies.2.imbalence: unknown key 'imbalence'; did you mean 'imbalance'?"),
        ("remedies:", "remedys:", "line 14: remedys: unknown key 'remedys'; did you mean 'remedies'?"),
        ("imbalance: smote,", "imbalance: 3,", "line 17: remedies.2.imbalance: a name, or a mapping with a name, is needed, got 3"),
        ("augmentations: [time_reversal]", "augmentations: [3]", "line 17: remedies.2.augmentations.0: a name, or a mapping with a name, is needed, got 3"),
        ("{name: focal, gamma: 1}", "{gamma: 1}", "line 16: remedies.focal_g1.imbalance: a name, or a mapping with a name, is needed, got {'gamma': 1}"),
        ("name: focal_g1", "name: ../x", f"line 16: remedies.../x.name: string should match pattern {PATTERN}, got '../x'"),
        ("- imbalance: class_weights", "- entries: [conv]", "line 15: remedies.0: a remedy needs imbalance, augmentations or both, got neither"),
        ("name: plain, ", "", "line 18: remedies.3: a remedy that only takes augmentations away needs a name, got none"),
        ("entries: [conv]", "entries: []", "line 18: remedies.plain.entries: tuple should have at least 1 item after validation, not 0, got []"),
        ("entries: [conv]", "entries: [cnv]", "line 18: remedies.plain: there is no entry 'cnv'; did you mean 'conv'?"),
        (", entries: [conv]", "", "line 18: remedies.plain: it changes nothing of entry 'dense'; leave that out of its entries"),
        ("- imbalance: class_weights", "- imbalance: none", "line 15: remedies.0: it changes nothing of entry 'dense'; leave that out of its entries"),
        ("name: focal_g1", "name: class_weights", "line 16: remedies.class_weights: the name 'dense.class_weights' is taken; give the remedy a name of its own"),
        ("- name: conv\n", "- name: dense.focal_g1\n", "line 16: remedies.focal_g1: the name 'dense.focal_g1' is taken; give the remedy a name of its own"),
        ("imbalance: class_weights", "imbalance: a b", f"line 15: remedies.0: names should match pattern {PATTERN}, got 'dense.a b'"),
        ("imbalance: class_weights", f"imbalance: {'a' * 59}", f"line 15: remedies.0: names should match pattern {PATTERN}, got 'dense.{'a' * 59}'"),
        ("remedies:", "remedies: 3\nx:", "line 14: remedies: input should be a valid tuple, got 3"),
        ("    model: mlp\n", "", "line 5: entries.dense.model: this key is required"),
        ("augmentations: [noise]", "augmentations: [3]", "line 12: entries.conv.augmentations.0: a name, or a mapping with a name, is needed, got 3"),
        ("    model: mlp\n", "    model: mlp\n    against: cnv\n", "line 7: entries.dense.against: there is no entry 'cnv'; did you mean 'conv'?"),
        ("    model: mlp\n", "    model: mlp\n    against: dense\n", "line 7: entries.dense.against: an entry cannot be an ablation of itself"),
        ("    model: conv1d\n", "    model: conv1d\n    against: dense\n", "line 19: remedies.plain: entry 'conv' is itself an ablation, and remedies are tried on others only"),
        ("baseline: dense", "baseline: dense.focal_g1", "line 13: baseline: entry 'dense.focal_g1' is an ablation, of 'dense'; the baseline must be a competitor"),
    ],
)  # fmt: skip
def test_wrong_remedy(refused, old, new, sentence):
    assert old in GOOD
    assert refused(GOOD.replace(old, new, 1)) == f"e.yaml, {sentence}"


def test_chains_are_refused(refused):
    text = GOOD.partition("remedies:")[0].replace(
        "    model: conv1d", "    against: dense\n    model: conv1d"
    )
    text += "\n"
    chain = text.replace(
        "baseline:", "  - {name: x, model: mlp, view: flux, against: conv}\nbaseline:"
    )
    assert refused(chain) == (
        "e.yaml, line 14: entries.x.against: entry 'conv' is itself an ablation, of 'dense'"
    )


def test_wrong_set(refused):
    assert refused(GOOD, "remedies.9.imbalance=3").startswith(
        "--set remedies.9.imbalance: there is no '9'; known are 0, 2, focal_g1, plain"
    )
    assert refused(GOOD, "remedies.0.imbalance=3") == (
        "e.yaml: remedies.0.imbalance: a name, or a mapping with a name, is needed, got 3"
    )


def test_missing_entries_are_told_as_ever(refused):
    text = GOOD.replace("entries:\n", "entrys:\n", 1)
    assert refused(text) == "e.yaml, line 4: entrys: unknown key 'entrys'; did you mean 'entries'?"
