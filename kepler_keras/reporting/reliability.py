"""Pictures of whether scores are shares of planets, one for each entry."""

from markupsafe import Markup
from matplotlib.figure import Figure

from kepler_keras.evaluation.calibration_display import CalibrationDisplay
from kepler_keras.record import Record
from kepler_keras.reporting.entries import decision_entries
from kepler_keras.reporting.remedy_results import ablations
from kepler_keras.reporting.svg import figure_style, inline_svg

SIDE = 2.6  # inches


def reliability_pictures(record: Record) -> dict[str, Markup]:
    """A reliability diagram of each competitor whose scores are probabilities, by its name.

    None where the comparison states a prevalence: its rows stand for other shares than they have.
    """
    if record.experiment.protocol.prevalence is not None:
        return {}
    passed_over = {*decision_entries(record), *ablations(record.experiment)}
    names = [entry.name for entry in record.experiment.entries if entry.name not in passed_over]
    rows = dict(list(record.predictions.groupby("entry")))
    return {
        name: _picture(CalibrationDisplay(rows[name]), name, key=f"reliability{number}")
        for number, name in enumerate(names)
    }


def _picture(display: CalibrationDisplay, name: str, *, key: str) -> Markup:
    with figure_style():
        figure = Figure(figsize=(SIDE, SIDE), layout="constrained")
        axes = figure.subplots()
        display.plot(axes)
        ends = [0, 0.5, 1]
        axes.set(xticks=ends, yticks=ends)
        last = display.frame().iloc[-1]
        label = (
            f"Reliability of {name}: in the highest of {len(display.frame())} groups the mean score"
            f" is {last['score']:.2f} and the share of planets {last['share']:.2f}"
        )
        return inline_svg(figure, key=key, label=label)
