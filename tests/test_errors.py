"""What an error may say: nothing hidden, nothing endless, and at once."""

import pickle
import time

from kepler_keras.errors import LONGEST_SENTENCE, InputError, suggestion


def test_control_characters_are_written_out():
    error = InputError("a.csv: got \x1b[2J\x00 and \u202e")
    assert str(error) == "a.csv: got \\x1b[2J\\x00 and \\u202e"


def test_a_long_sentence_keeps_both_ends():
    said = str(InputError(f"a.csv: got {'x' * 9000!r}; did you mean 'y'?"))
    assert len(said) == LONGEST_SENTENCE
    assert said.startswith("a.csv: got 'xxx")
    assert said.endswith("xxx'; did you mean 'y'?")


def test_a_line_break_in_what_came_is_written_out():
    assert str(InputError("a.npz: got the array 'X\n'")) == "a.npz: got the array 'X\\n'"


def test_own_lines_stand_below_the_sentence():
    assert str(InputError("a.csv: is nothing", "Layouts:", "  one")) == (
        "a.csv: is nothing\nLayouts:\n  one"
    )


def test_an_error_comes_back_from_a_worker_as_it_was():
    error = InputError(f"a\x00b {'x' * 9000}\n", "Layouts:", "  one")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_an_endless_name_is_compared_with_none():
    start = time.perf_counter()
    assert suggestion("ab" * 500_000, ["ab" * 40, "conv1d"]) == f"known are {'ab' * 40}, conv1d"
    assert time.perf_counter() - start < 1
    assert suggestion("conv1", ["conv1d"]) == "did you mean 'conv1d'?"
