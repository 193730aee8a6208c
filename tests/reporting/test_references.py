"""The catalogue of references and what of it is cited when."""

import re
from pathlib import Path

import pytest
from made_up_record import entry, experiment, make_record
from made_up_zoo import zoo_record

import kepler_keras
from kepler_keras.data.augmentation.registry import augmentations
from kepler_keras.data.imbalance.registry import strategies
from kepler_keras.data.sources import source_names
from kepler_keras.models.registry import model_names
from kepler_keras.record import Record
from kepler_keras.reporting.entries import taking_part
from kepler_keras.reporting.write_up.facts import IMBLEARN, facts_of
from kepler_keras.reporting.write_up.references import (
    PARTS,
    bibtex,
    catalogue,
    references_for,
)

PACKAGE = Path(kepler_keras.__file__).parent
KINDS = {
    "model": set(model_names()),
    "imbalance": set(strategies()),
    "augmentation": set(augmentations()),
    "source": set(source_names()),
    "mission": {"kepler", "k2", "tess"},
    "detrend": {"spline", "biweight"},
    "schedule": {"cosine"},
    "preset": {"yu2019", "shallue2018"},
    "view": {"global_view", "local_view", "folded_image"},
    "column": {"Disposition"},
}
WORDS = {
    "always", "network", "estimator", "verdicts", "canaries", "tuned", "scaled_scores",
    "archive_table", "searched", "weight_decay", "imblearn",
}  # fmt: skip
ADDRESS = re.compile(r"(arXiv:\d{4}\.\d{4,5}|doi:10\.[^\s,;)]+)")


def cited(record: Record) -> set[str]:
    return {one.key for one in references_for(facts_of(taking_part(record)))}


def test_every_condition_can_come_true() -> None:
    for one in catalogue():
        assert one.part in PARTS
        for fact in one.when:
            kind, _, name = fact.partition(":")
            assert name in KINDS[kind] if name else fact in WORDS, fact


@pytest.mark.parametrize("folder", ["models", "data/imbalance", "data/augmentation"])
def test_what_docstrings_cite_is_in_the_catalogue(folder: str) -> None:
    known = {found for one in catalogue() for found in ADDRESS.findall(one.fields.get("note", ""))}
    # Side remarks of a docstring: where a choice inside a block comes from, what a loss cannot do.
    aside = {"arXiv:2002.04745", "arXiv:2011.09172"}
    for path in (PACKAGE / folder).glob("*.py"):
        missing = set(ADDRESS.findall(path.read_text(encoding="utf-8"))) - known - aside
        assert not missing, f"{path.name}: {missing}"


def test_samplers_of_imbalanced_learn_are_known() -> None:
    folder = PACKAGE / "data" / "imbalance"
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.py")]
    functions = [part for text in texts for part in re.split(r"^def ", text, flags=re.MULTILINE)]
    drawing = {part.partition("(")[0] for part in functions if "from imblearn" in part}
    drawing |= {"imblearn"} if "_samplers" in drawing else set()  # it takes them by name
    assert drawing & set(strategies()) == IMBLEARN


def test_only_what_was_used_is_cited() -> None:
    plain = cited(make_record())
    assert {"keras", "tensorflow", "sklearn", "nadeau2003", "holm1979", "agol2020"} <= plain
    assert not {"aeon", "imblearn", "optuna", "kaggle2017", "wang2017", "lin2017"} & plain
    setup = experiment(
        entries=[
            entry("mlp", "prevalence"),
            entry("rocket", "minirocket", imbalance="smote"),
        ],
        data={"source": "kaggle_csv", "path": "x.csv"},
    )
    other = cited(make_record(setup))
    assert {"aeon", "imblearn", "kaggle2017", "borucki2010", "dempster2021", "chawla2002"} <= other
    assert not {"keras", "tensorflow", "kingma2015"} & other


def test_who_was_left_out_is_not_cited() -> None:
    assert "chintarungruangchai2019" not in cited(zoo_record())  # both of its conv2d are left out


def test_bibtex_is_ascii_with_unlike_keys_and_balanced_braces() -> None:
    text = bibtex(catalogue())
    assert text.isascii()
    keys = re.findall(r"^@\w+\{(\w+),$", text, re.MULTILINE)
    assert len(keys) == len(set(keys)) == len(catalogue())
    for one in re.split(r"^(?=@)", text, flags=re.MULTILINE):
        plain = re.sub(r"\\[{}]", "", one)
        assert plain.count("{") == plain.count("}")
    assert "pages = {1735--1780}" in text
    assert "pages = {064502}" in text
    assert r"Heller, Ren{\'{e}}" in text
