"""What views follow from, in words that two runs can compare."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import kepler_keras
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.period_search import SEARCH_CHUNK
from kepler_keras.data.pipeline import needs_ephemeris
from kepler_keras.experiment import Choice, Conditioning, Search
from kepler_keras.lightcurve.ephemeris import Ephemerides

PERIODS = "periods"  # how the ephemerides of a search are called among the views
KEY_LENGTH = 16  # hexadecimal digits
SOURCES = ("lightcurve/**/*.py", "data/*.py")  # of this package: what views follow from
PACKAGES = ("numba", "numpy", "scipy")


@dataclass(frozen=True)
class Recipe:
    """What all views of some curves follow from beside the view itself.

    Attributes:
        curves: The curves.
        ready: Views that came with them, by name.
        conditioning: The experiment's.
        search: The experiment's.
    """

    curves: LightCurves
    ready: Mapping[str, NDArray[np.float32]]
    conditioning: Conditioning
    search: Search

    def needs_periods(self, choices: Iterable[Choice]) -> bool:
        """Whether any of the views is folded, or is made of what a search finds."""
        return needs_ephemeris(choices, cadence=self.curves.cadence, ready=self.ready)

    @property
    def catalogue(self) -> Ephemerides | None:
        """The catalogue's ephemerides where every star has one; else all stars are searched.

        A mixture would tell hosts from non-hosts by where the period came from.
        """
        known = self.curves.ephemerides
        return known if known is not None and known.known().all() else None

    def of_periods(self) -> dict[str, Any]:
        """What the periods of a search follow from."""
        return {
            "view": PERIODS,
            "data": self._data(),
            "search": self.search.model_dump(mode="json"),
            "rows": SEARCH_CHUNK,
            "code": code_of_views(),
        }

    def of_view(self, choice: Choice, *, n_rows: int) -> dict[str, Any]:
        """What a view follows from, as JSON can say it; `n_rows` are those of a shard."""
        made = {
            "view": choice.model_dump(mode="json"),
            "data": self._data(),
            "rows": n_rows,
            "code": code_of_views(),
        }
        if choice.name in self.ready:
            return made
        made["conditioning"] = self.conditioning.model_dump(mode="json")
        if self.needs_periods([choice]):
            known = self.catalogue
            if known is None:
                return {**made, "search": self.search.model_dump(mode="json")}
            columns = np.array([known.period, known.t0, known.duration])
            made["ephemerides"] = hashlib.sha256(columns.tobytes()).hexdigest()
        return made

    def _data(self) -> list[Any]:
        return [self.curves.fingerprint, self.curves.cadence, self.curves.level]


@cache
def code_of_views() -> str:
    """A digest of the sources that views follow from, and the versions of what they import."""
    whole = hashlib.sha256()
    package = Path(kepler_keras.__file__).parent
    for path in sorted(path for pattern in SOURCES for path in package.glob(pattern)):
        whole.update(f"{path.relative_to(package).as_posix()} ".encode() + path.read_bytes())
    for name in PACKAGES:
        whole.update(f"{name} {version(name)} ".encode())
    return whole.hexdigest()[:KEY_LENGTH]
