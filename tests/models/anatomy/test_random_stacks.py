"""What the rules say of random stacks of layers is what Keras and its gradients say."""

from dataclasses import replace

import numpy as np
import pytest
from keras import layers
from random_stacks import random_stack, wrong_in

from kepler_keras.models.anatomy import rules, windows
from kepler_keras.models.anatomy.extents import Window


def wrong_of(seeds):
    found = {seed: wrong_in(*random_stack(np.random.default_rng(seed))) for seed in seeds}
    return {seed: sentences for seed, sentences in found.items() if sentences}


@pytest.mark.parametrize("start", range(0, 100, 20))
def test_a_hundred_stacks(start):
    assert wrong_of(range(start, start + 20)) == {}


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_thousand_stacks():
    assert wrong_of(range(2000)) == {}


def planted(window):
    """The same window, the odd zero of `same` padding at the beginning, as Keras does not do."""
    return replace(window, before=window.before + (window.span % 2))


def test_a_planted_wrong_padding_is_seen(monkeypatch):
    right = windows.slide

    def wrong(length, **sizes):
        after, window = right(length, **sizes)
        return after, planted(window) if sizes["padding"] == "same" else window

    monkeypatch.setattr(windows, "slide", wrong)
    assert any("measured" in one for seed in wrong_of(range(12)).values() for one in seed)


def test_a_planted_wrong_width_is_seen(monkeypatch):
    right = windows.slide

    def wrong(length, **sizes):
        after, window = right(length, **sizes)
        return after, Window(window.stride, window.before, window.span + sizes["dilation"] - 1)

    monkeypatch.setattr(windows, "slide", wrong)
    assert any("measured" in one for seed in wrong_of(range(12)).values() for one in seed)


def test_a_planted_wrong_count_is_seen(monkeypatch):
    right = rules.RULES[layers.Conv1D]

    def wrong(layer, sources):
        facts = right(layer, sources)
        return replace(facts, parameters=facts.parameters + layer.groups - 1)

    monkeypatch.setitem(rules.RULES, layers.Conv1D, wrong)
    sentences = [one for seed in wrong_of(range(12)).values() for one in seed]
    assert any("parameters" in one for one in sentences)


def test_a_planted_wrong_length_is_seen(monkeypatch):
    right = windows.slide

    def wrong(length, **sizes):
        after, window = right(length, **sizes)
        return after - (sizes["stride"] == 2), window

    monkeypatch.setattr(windows, "slide", wrong)
    sentences = [one for seed in wrong_of(range(12)).values() for one in seed]
    assert any("shape" in one for one in sentences)
