"""What a simulated population is made of beyond white noise and a sine: presets, as data.

The amplitudes of `KEPLER` were chosen beside quiet stars of the prime mission, which
docs/simulated_stars.md compares in pictures; `K2` adds the thruster comb and more noise.
"""

from dataclasses import dataclass, field, replace

Range = tuple[float, float]


@dataclass(frozen=True)
class Variability:
    """What stars do; ranges are log-uniform, amplitudes in ppm, times in days.

    Attributes:
        granulation: Standard deviation of the granulation.
        granulation_time: Its correlation time.
        spot_size: Mean depth of a spot group in the disc's centre.
        rotation_period: Of the equator.
        spot_lifetime: In rotations.
        pulsators: Share of stars of each kind; the names are those of `pulsation.KINDS`.
        flare_star_share: Share of stars that flare.
        flare_rate: Flares a day of a star that flares.
    """

    granulation: Range = (35.0, 230.0)
    granulation_time: Range = (0.04, 0.4)
    spot_size: Range = (50.0, 4500.0)
    rotation_period: Range = (4.0, 45.0)
    spot_lifetime: Range = (0.5, 4.0)
    pulsators: tuple[tuple[str, float], ...] = (
        ("red_giant", 0.08),
        ("delta_scuti", 0.02),
        ("gamma_doradus", 0.02),
        ("rr_lyrae", 0.002),
    )
    flare_star_share: float = 0.04
    flare_rate: Range = (0.02, 0.5)


@dataclass(frozen=True)
class Instrument:
    """What the spacecraft does; ranges are log-uniform, amplitudes in ppm, times in days.

    Attributes:
        quarter: Days between the rolls of the spacecraft; None for a mission without them.
        quarter_jump: Standard deviation of a star's level from quarter to quarter.
        downlink: Days between downlinks; each leaves a gap.
        downlink_gap: Days that such a gap lasts.
        ramp: A star's drift after a gap, which decays within a day or two.
        lost_share: Share of other cadences without flux.
        cosmic_ray_rate: A day; bright single cadences that the pipeline overlooked.
        dropout_share: Share of stars with a sudden loss of sensitivity.
        comb: Cadences between thruster firings; None for none.
        comb_amplitude: Flux that the roll between two firings moves.
        comb_lost_share: Share of firings whose cadence has no flux.
        quantum: Step of the flux in units of the star's white noise.
    """

    quarter: float | None = 90.0
    quarter_jump: float = 3000.0
    downlink: float = 31.0
    downlink_gap: Range = (0.6, 1.5)
    ramp: Range = (10.0, 400.0)
    lost_share: float = 0.004
    cosmic_ray_rate: Range = (0.004, 0.1)
    dropout_share: float = 0.02
    comb: int | None = None
    comb_amplitude: Range = (30.0, 600.0)
    comb_lost_share: float = 0.3
    quantum: Range = (0.02, 0.25)


@dataclass(frozen=True)
class Realism:
    """A preset.

    Attributes:
        name: The name an experiment file gives.
        noise_range: White noise of a star in ppm a cadence.
        variability: What stars do.
        instrument: What the spacecraft does.
        blend_share: Share of the eclipsing binaries that lie in the light of a brighter star and
            are as shallow as `binary_depth_range` says; the others are as deep as they are.
        third_light: Largest share of foreign light in a planet host's aperture, uniform from 0.
    """

    name: str
    noise_range: Range
    variability: Variability = field(default_factory=Variability)
    instrument: Instrument = field(default_factory=Instrument)
    blend_share: float = 0.5
    third_light: float = 0.1


KEPLER = Realism("kepler", noise_range=(100.0, 1000.0))
K2 = replace(
    KEPLER,
    name="k2",
    noise_range=(100.0, 1500.0),
    instrument=Instrument(
        quarter=None, downlink=40.0, comb=12, cosmic_ray_rate=(0.01, 0.2), ramp=(30.0, 900.0)
    ),
)
PRESETS = {preset.name: preset for preset in (KEPLER, K2)}
