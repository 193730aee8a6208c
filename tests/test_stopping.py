"""Either signal ends a command as Ctrl-C does, and a second one does not disturb the ending."""

import os
import signal

import pytest

from kepler_keras.stopping import stoppable


@pytest.fixture(autouse=True)
def _in_the_foreground():
    """Tests that run as a background job would ignore Ctrl-C, and so would what they test."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_an_interrupt_once(number):
    before = signal.getsignal(signal.SIGTERM)
    ended = []
    with stoppable():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        ended.append("cleanly")
    assert ended
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with stoppable():
            os.kill(os.getpid(), signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
