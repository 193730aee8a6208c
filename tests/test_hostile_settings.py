"""YAML that is small as text and endless, or no YAML of settings at all: refused at once."""

import time

import pytest

from kepler_keras.errors import InputError
from kepler_keras.yaml_file import LARGEST_TEXT, load_yaml

NINE = 9


def bomb(step):
    """Fourteen lines, each of which names the one before it nine times."""
    lines = ["a: &a {k: 1, l: 2}"]
    for before, name in zip("abcdefghijklm", "bcdefghijklmn", strict=True):
        lines.append(f"{name}: &{name} {step(', '.join([f'*{before}'] * NINE))}")
    return "\n".join(lines)


HOSTILE = {
    "aliases of aliases": (bomb(lambda names: f"[{names}]"), "may hold 50000 values"),
    "merges of merges": (bomb(lambda names: f"{{<<: [{names}]}}"), "may hold 50000 values"),
    "a list in itself": ("a: &a [*a]", "nested 50 levels"),
    "a mapping in itself": ("&a {b: *a}", "nested 50 levels"),
    "nested": ("[" * 60 + "]" * 60, "nested 50 levels"),
    "nested out of reach": ("[" * 5000, "nested too deeply"),
    "a number without an end": (f"a: 0x{'f' * 6000}", "64 bits, got one of 24000"),
    "a long text": ("#" * (LARGEST_TEXT + 1), f"may have {LARGEST_TEXT} characters"),
    "a bool that is none": ("!!bool x", "not of the kind that its tag says"),
    "a time that is none": ("!!timestamp x", "not of the kind that its tag says"),
    "a number that is none": ("!!int ''", "not of the kind that its tag says"),
    "a call": ("!!python/object/apply:os.system [id]", "could not determine a constructor"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_yaml_is_refused_at_once(case):
    text, words = HOSTILE[case]
    start = time.perf_counter()
    with pytest.raises(InputError) as caught:
        load_yaml(text)
    assert words in str(caught.value)
    assert time.perf_counter() - start < 5


def test_what_settings_are_made_of_is_read():
    text = "a: &a {n: 18446744073709551616}\nb: [*a, *a]\nc: {<<: *a, m: 1}\n"
    big = 1 << 64
    assert load_yaml(text) == {"a": {"n": big}, "b": [{"n": big}] * 2, "c": {"n": big, "m": 1}}


def test_an_experiment_of_many_bytes_is_not_read_whole(refused):
    assert refused("x" * (LARGEST_TEXT + 9)).endswith(
        f"may have {LARGEST_TEXT} characters, got more"
    )


def test_the_sentence_of_a_huge_value_can_be_shown(refused):
    from experiment_text import GOOD

    assert "64 bits" in refused(GOOD.replace("folds: 3", f"folds: 0x{'f' * 6000}"))


def test_a_key_of_several_lines_is_told_in_one(refused):
    from experiment_text import GOOD

    said = refused(GOOD.replace("folds: 3", '{"fold\\n\\n2": 3}'))
    assert "protocol.fold 2: unknown key" in said
    assert refused(GOOD, "data.\npath=x") == "--set needs key=value, got 'data.\\npath=x'"
