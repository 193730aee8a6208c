"""How long a step of a view is: in hours, in phase, in durations of a stated transit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kepler_keras.lightcurve.binned_views import PRESETS, Preset

KEPLER_CADENCE = 29.4244 / 1440  # days; Kepler's long cadence


@dataclass(frozen=True)
class ReferenceTransit:
    """The transit that lengths are stated for.

    Attributes:
        period: Days.
        duration: Days, from first to last contact.
        cadence: Days between cadences of unfolded flux.
    """

    period: float = 10.0
    duration: float = 3 / 24
    cadence: float = KEPLER_CADENCE

    @property
    def sentence(self) -> str:
        """The transit in words, to stand beside every length stated for it."""
        return (
            f"a transit of {24 * self.duration:.3g} h every {self.period:.4g} d, "
            f"a cadence every {1440 * self.cadence:.4f} min"
        )


@dataclass(frozen=True)
class ViewScale:
    """What one step along the last axis of a view is worth; None where that has no meaning.

    Attributes:
        hours: Of time.
        phase: Share of the period; only of folded views.
        durations: Durations of the reference transit.
    """

    hours: float | None = None
    phase: float | None = None
    durations: float | None = None

    def times(self, steps: float) -> "ViewScale":
        """The same of several steps."""
        return ViewScale(
            *(
                None if one is None else one * steps
                for one in (self.hours, self.phase, self.durations)
            )
        )


def view_scale(
    name: str, options: Mapping[str, Any], *, length: int, reference: ReferenceTransit
) -> ViewScale:
    """What a step of a view is worth for the reference transit.

    A step of unfolded flux is a cadence. Bins of `global_view` and of `folded_image` share a period
    among them. Bins of local views share the window around the transit, as their preset says, half
    a period to each side at most.

    Args:
        name: The view's name; one that is not known has no scale.
        options: Of the view.
        length: Its steps along the last axis before the channels.
        reference: The transit.
    """
    if name in ("flux", "log_differences"):
        return _of_days(reference.cadence, reference, folded=False)
    if name in ("global_view", "folded_image"):
        return _of_days(reference.period / length, reference, folded=True)
    if name in ("local_view", "secondary_view", "odd_view", "even_view"):
        preset = _preset(options, length)
        if preset is not None:
            # As `binned_rows.local_rows` spaces them, from the middle bin to either end.
            window = min(preset.local_reach * reference.duration, reference.period / 2)
            half = min(preset.local_width * reference.duration, window) / 2
            return _of_days((window - half) / (length // 2), reference, folded=True)
    return ViewScale()


def _of_days(days: float, reference: ReferenceTransit, *, folded: bool) -> ViewScale:
    return ViewScale(
        24 * days, days / reference.period if folded else None, days / reference.duration
    )


def _preset(options: Mapping[str, Any], length: int) -> Preset | None:
    """The preset of a local view; of one that came ready made, the one with as many bins."""
    if "preset" in options or "bins" in options:
        return PRESETS.get(options.get("preset", "yu2019"))
    return next((one for one in PRESETS.values() if one.local_bins == length), None)
