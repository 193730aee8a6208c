"""How the files of Kepler, K2 and TESS differ: keywords, time zero and quality bits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kepler_keras.errors import InputError

LONG_CADENCE = 29.4244 / 1440  # days; Kepler and K2

# The bits of SAP_QUALITY, Kepler Archive Manual (KDMC-10008): attitude tweak, safe mode, coarse
# point, Earth point, desaturation, manual exclude, detector anomaly, no data, thruster firing (K2).
KEPLER_DEFAULT = 1 | 2 | 4 | 8 | 32 | 256 | 16384 | 65536 | 1048576
# Also: cosmic ray in the aperture, sensitivity dropout, collateral cosmic ray, possible firing.
KEPLER_HARD = KEPLER_DEFAULT | 128 | 1024 | 8192 | 524288
# The bits of QUALITY, TESS Science Data Products Description (EXP-TESS-ARC-ICD-0014): attitude
# tweak, safe mode, coarse point, Earth point, Argabrightening, desaturation, manual exclude,
# impulsive outlier, bad calibration.
TESS_DEFAULT = 1 | 2 | 4 | 8 | 16 | 32 | 128 | 512 | 16384
# Also: cosmic ray in the aperture or collateral, stray light (two kinds).
TESS_HARD = TESS_DEFAULT | 64 | 1024 | 2048 | 4096

Quality = int | Literal["default", "hard", "none"]


@dataclass(frozen=True)
class Mission:
    """What a reader must know of a mission's light-curve files.

    Attributes:
        name: Kepler, K2 or TESS.
        star_key: Keyword of the star's number in the primary header.
        star_prefix: Catalogue that the number is from, put before it; none for Kepler, so that
            ids equal the `kepid` of tables and other sources.
        part_key: Keyword of the quarter, campaign or sector.
        time_zero: Julian day at which TIME is zero, `BJDREFI`.
        axis: Name of that time axis.
        quality_column: Column of the quality bits.
        default_mask: Bits of cadences that are not used unless asked otherwise.
        hard_mask: The same with cadences that are only suspicious.
        cadence: Days between two cadences where the mission has one; None where it has several.
    """

    name: str
    star_key: str
    star_prefix: str
    part_key: str
    time_zero: int
    axis: str
    quality_column: str
    default_mask: int
    hard_mask: int
    cadence: float | None

    def mask(self, quality: Quality) -> int:
        """The bits of cadences that are left out."""
        if isinstance(quality, int):
            return quality
        return {"default": self.default_mask, "hard": self.hard_mask, "none": 0}[quality]


KEPLER = Mission(
    "Kepler",
    "KEPLERID",
    "",
    "QUARTER",
    2454833,
    "BKJD",
    "SAP_QUALITY",
    KEPLER_DEFAULT,
    KEPLER_HARD,
    LONG_CADENCE,
)
K2 = Mission(
    "K2",
    "KEPLERID",
    "EPIC ",
    "CAMPAIGN",
    2454833,
    "BKJD",
    "SAP_QUALITY",
    KEPLER_DEFAULT,
    KEPLER_HARD,
    LONG_CADENCE,
)
TESS = Mission(
    "TESS",
    "TICID",
    "TIC ",
    "SECTOR",
    2457000,
    "BTJD",
    "QUALITY",
    TESS_DEFAULT,
    TESS_HARD,
    None,
)


def mission_of(header: Mapping[str, Any], *, place: str) -> Mission:
    """Tells whose file it is, from its primary header.

    Raises:
        InputError: There is no keyword with a star's number.
    """
    if TESS.star_key in header:
        return TESS
    if KEPLER.star_key not in header:
        raise InputError(
            f"{place}: the primary header must have KEPLERID (Kepler, K2) or TICID (TESS), "
            "got neither"
        )
    is_k2 = K2.part_key in header or str(header.get("MISSION")).strip() == K2.name
    return K2 if is_k2 else KEPLER
