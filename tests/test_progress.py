"""What is written while work goes on, on a terminal and into a log."""

import io

import pytest

from kepler_keras.progress import duration, stage


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s"), (4200, "1 h 10 min")],
)
def test_durations_as_people_say_them(seconds, text):
    assert duration(seconds) == text


def test_a_log_gets_a_line_a_step_with_the_time_left(monkeypatch):
    stream = io.StringIO()
    with stage("fitting", 3, stream=stream) as counter:
        counter.started = 0.0
        monkeypatch.setattr("kepler_keras.progress.time.monotonic", lambda: 10.0)
        counter.advance("mlp")
        monkeypatch.setattr("kepler_keras.progress.time.monotonic", lambda: 90.0)
        counter.advance("conv1d")
        counter.advance()
    assert stream.getvalue().splitlines() == [
        "fitting: 3",
        "fitting 1/3  20 s left  (mlp)",
        "fitting 2/3  45 s left  (conv1d)",
        "fitting 3/3  took 1 min 30 s",
    ]


def test_steps_that_were_kept_do_not_foretell_the_pace(monkeypatch):
    stream = io.StringIO()
    with stage("fitting", 10, stream=stream) as counter:
        counter.started = 0.0
        for seconds in (0.01, 0.02, 0.03, 10.0, 20.0, 20.01):
            monkeypatch.setattr("kepler_keras.progress.time.monotonic", lambda now=seconds: now)
            counter.advance()
    lines = stream.getvalue().splitlines()
    assert lines[4] == "fitting 4/10  1 min 00 s left"
    assert lines[6] == "fitting 6/10  27 s left"


def test_a_long_log_is_thinned_but_its_end_is_told():
    stream = io.StringIO()
    with stage("star", 1000, stream=stream) as counter:
        for _ in range(1000):
            counter.advance()
    lines = stream.getvalue().splitlines()
    assert 35 <= len(lines) <= 45
    assert lines[-1].startswith("star 1000/1000  took ")


def test_several_steps_at_once_are_counted():
    stream = io.StringIO()
    with stage("star", 20, stream=stream) as counter:
        counter.advance(steps=16)
        counter.advance(steps=4)
    assert [line.split("  ")[0] for line in stream.getvalue().splitlines()] == [
        "star: 20",
        "star 16/20",
        "star 20/20",
    ]


def test_a_terminal_has_one_line_that_is_rewritten():
    stream = Terminal()
    with stage("fitting", 2, stream=stream) as counter:
        counter.advance("a")
        counter.advance("b")
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().endswith("(b)\n")


def test_an_error_starts_on_a_line_of_its_own():
    stream = Terminal()

    def interrupted():
        with stage("fitting", 2, stream=stream) as counter:
            counter.advance("a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert stream.getvalue().endswith("(a)\n")
