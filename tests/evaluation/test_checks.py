"""The contract of the checks: every one has a code, a title, a page and a planted fault."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from planted_faults import FAULTS, canary, clean

from kepler_keras.evaluation.canaries import ALARM
from kepler_keras.evaluation.checks.check import LEVELS, checks, findings
from kepler_keras.evaluation.checks.evidence import EntryFacts, SharedStars

PAGE = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")
CODES = [check.code for check in checks()]
CASES = [(code, *case) for code, cases in FAULTS.items() for case in cases]


def test_codes_are_numbered_without_a_gap():
    assert [f"KK{number:03d}" for number in range(1, len(CODES) + 1)] == CODES


@pytest.mark.parametrize("check", checks(), ids=CODES)
def test_page_explains_every_check(check):
    section = re.search(rf"^## {check.code}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert section is not None
    text = section.group(1)
    assert text.replace("*", "").lower().startswith(check.title)
    assert all(word in text for word in ("**Why:**", "**Computed:**", "**Do:**"))
    row = re.search(rf"^\| \[{check.code}\]\(#{check.code.lower()}\) \| (.*?) \|", PAGE, re.M)
    assert row is not None
    assert set(row.group(1).split(", ")) == {level for _, level, _ in FAULTS[check.code]}


def test_every_check_has_a_planted_fault():
    assert list(FAULTS) == CODES


def test_clean_evidence_finds_nothing():
    assert findings(clean()) == []


@pytest.mark.parametrize(("code", "fault", "level", "words"), CASES)
def test_planted_fault_is_found(code, fault, level, words):
    found = {one.code: one for one in findings(fault())}
    assert code in found
    assert found[code].level == level
    assert words in found[code].sentence
    assert found[code].sentence.endswith(".")


def test_a_sentence_has_numbers_and_names_known_entries():
    for fault in (case[1] for case in CASES):
        evidence = fault()
        names = {entry.name for entry in evidence.entries}
        for one in findings(evidence):
            assert set(one.entries) <= names


def test_red_stands_before_warnings_before_notes():
    evidence = replace(clean(), git_dirty=True, shared=SharedStars(1, "s"), canaries=())
    blind = replace(evidence.entries[0], held_slopes=1, n_fits=4)
    levels = [one.level for one in findings(replace(evidence, entries=(blind,)))]
    assert levels == sorted(levels, key=LEVELS.index) == ["red", "warning", "note"]


def test_a_model_that_is_meant_to_know_nothing_is_no_finding():
    evidence = clean()
    predictions = evidence.predictions
    predictions.loc[predictions["entry"] == "good", "score"] = 0.3
    entries = (EntryFacts("good", "prevalence"), *evidence.entries[1:])
    assert findings(replace(evidence, predictions=predictions, entries=entries)) == []


def test_canaries_are_red_below_the_limit_only():
    at_the_limit = replace(clean(), canaries=(canary(ALARM),))
    assert findings(at_the_limit) == []
