"""What every source gives: labelled light curves of known stars on one cadence grid."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.flux_rows import FluxDigest, taken_rows
from kepler_keras.data.row_parts import row_parts
from kepler_keras.lightcurve.ephemeris import Ephemerides

UNKNOWN = -1  # the label of a star that nobody has judged: it can be searched, not trained on


@dataclass(frozen=True)
class Scalars:
    """Numbers that stand beside each curve, as a star's temperature; NaN where unknown.

    Attributes:
        names: One a column, the catalogue's own.
        values: Shape (n, len(names)), float32.
    """

    names: tuple[str, ...]
    values: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[1] != len(self.names):
            raise ValueError(
                f"values must have {len(self.names)} columns, got shape {self.values.shape}"
            )


@dataclass(frozen=True)
class LightCurves:
    """Labelled curves, one example a row.

    Attributes:
        source: Name of the source that read them.
        flux: Shape (n, n_cadences), float32, NaN in gaps; centred or not, any unit; large flux is
            mapped from a file, so whoever reads it takes a few rows at a time. Where `folded` is
            true the columns are phase bins and the transit lies in the middle one.
        labels: Shape (n,), int8; planet = 1, everything else = 0, `UNKNOWN` where
            there is no label.
        stars: Shape (n,), str; rows of one star never stand on two sides of a fold.
        cadence: Days between columns; None for folded curves.
        folded: Whether the curves were folded on their period before they came here.
        ephemerides: What a catalogue says of the transits, or None.
        trainable: Shape (n,), bool; False for rows whose star is ambiguous: they are scored in
            tests but never train, validate or fit anything.
        given_test: Shape (n,), bool; True for the test rows of a split that came with the data.
        level: What added to `flux` gives the star's full light in the same unit, as 1e6 for ppm
            about the median; 0 where flux is absolute, or centred in a unit that nobody knows.
        start: Time of the first column on the mission's own axis (BKJD, BTJD), days; None where
            the source does not know it. Ephemerides count from the first column.
        views: Ready views that came with the curves beside `flux`, by name, each (n, ...) float32.
        scalars: Numbers beside each curve, or None.
        truth: What a simulation or an injection put in, a column (n,) by name; for judging a
            search, never for a model.
        notes: Sentences about the data that a reader of the report should know.
        one_class: What the source says where its labels tell no classes apart, as ``every label is
            0``: the end of the sentence that refuses a comparison.
        left_out: Why a star that came has no row, by its name.
        digest: The digest of `flux` where the source has it, to save its computation.
    """

    source: str
    flux: NDArray[np.float32]
    labels: NDArray[np.int8]
    stars: NDArray[np.str_]
    cadence: float | None
    folded: bool = False
    ephemerides: Ephemerides | None = None
    trainable: NDArray[np.bool_] | None = None
    given_test: NDArray[np.bool_] | None = None
    level: float = 0.0
    start: float | None = None
    views: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    scalars: Scalars | None = None
    truth: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    one_class: str = ""
    left_out: Mapping[str, str] = field(default_factory=dict)
    digest: FluxDigest | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        n = len(self.flux)
        if self.flux.ndim != 2 or self.flux.dtype != np.float32:
            raise ValueError(f"flux must be 2-D float32, got {self.flux.ndim}-D {self.flux.dtype}")
        for name in ("labels", "stars", "trainable", "given_test"):
            column = getattr(self, name)
            if column is not None and column.shape != (n,):
                raise ValueError(f"{name} must have shape ({n},), got {column.shape}")
        beside = {**self.views, **self.truth}
        if self.scalars is not None:
            beside["scalars"] = self.scalars.values
        for name, table in beside.items():
            if len(table) != n:
                raise ValueError(f"{name} must have {n} rows, got {len(table)}")
        if self.folded != (self.cadence is None):
            raise ValueError("cadence must be None for folded curves, and only for them")

    def __len__(self) -> int:
        return len(self.flux)

    @property
    def may_train(self) -> NDArray[np.bool_]:
        """Rows that training and validation may use, shape (n,)."""
        return np.ones(len(self), bool) if self.trainable is None else self.trainable

    @property
    def positive_stars(self) -> NDArray[np.str_]:
        """Stars with at least one planet among their rows, sorted."""
        return np.unique(self.stars[self.labels == 1])

    @cached_property
    def fingerprint(self) -> str:
        """The sha256 of flux, views, scalars, labels and stars: equal data, equal fingerprints."""
        digest = hashlib.sha256(repr(self.flux.shape).encode())
        digest.update(self._flux_sha256().encode())
        digest.update(np.ascontiguousarray(self.labels, dtype=np.int8).data)
        digest.update("\0".join(self.stars.tolist()).encode())
        beside = dict(self.views)
        if self.scalars is not None:
            beside[" ".join(self.scalars.names)] = self.scalars.values
        for name in sorted(beside):
            digest.update(f"{name}{beside[name].shape}".encode())
            digest.update(np.ascontiguousarray(beside[name]).data)
        return digest.hexdigest()

    def _flux_sha256(self) -> str:
        if self.digest is not None and self.digest.describes(self.flux):
            return self.digest.sha256
        digest = hashlib.sha256()
        for part in row_parts(self.flux):
            digest.update(np.ascontiguousarray(self.flux[part]).data)
        return digest.hexdigest()

    def rows(self, index: NDArray[np.intp]) -> "LightCurves":
        """The curves at `index`, in that order."""

        def pick(column: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
            return None if column is None else column[index]

        flux, digest = taken_rows(self.flux, index)
        return replace(
            self,
            flux=flux,
            labels=self.labels[index],
            stars=self.stars[index],
            ephemerides=self.ephemerides and self.ephemerides.rows(index),
            trainable=pick(self.trainable),
            given_test=pick(self.given_test),
            views={name: view[index] for name, view in self.views.items()},
            scalars=self.scalars and Scalars(self.scalars.names, self.scalars.values[index]),
            truth={name: column[index] for name, column in self.truth.items()},
            digest=digest,
        )
