"""The part of `results.json` about pairs of entries."""

from kepler_keras.evaluation.estimates import Comparison, Family, Verdict
from kepler_keras.reporting.result_parts import IntervalResult, Part, interval_result, number


class ProbabilitiesResult(Part):
    """Chances that a is better, equivalent or worse, by the Bayesian correlated t-test."""

    better: float
    equivalent: float
    worse: float


class McNemarResult(Part):
    """Stars that only a, or only b called rightly in the first repeat, and the exact p-value."""

    first_only: int
    second_only: int
    p_value: float


class ComparisonResult(Part):
    """Entry a against entry b; the difference is a minus b and the verdict is about a.

    `p_value` and the difference's interval hold for this pair alone, `adjusted_p_value` (Holm) for
    all pairs of its `family`. `stars_to_decide` and `planets_to_decide` are None (null) where it is
    decided, or no number would do. `probabilities`, `mcnemar` and `fitted` (the difference with an
    interval over stars, for these fitted models) never decide.
    """

    a: str
    b: str
    family: Family
    difference: IntervalResult
    p_value: float | None
    adjusted_p_value: float | None
    verdict: Verdict
    stars_to_decide: int | None
    planets_to_decide: int | None
    probabilities: ProbabilitiesResult | None
    mcnemar: McNemarResult
    fitted: IntervalResult
    sentence: str

    @property
    def shown(self) -> IntervalResult:
        """The interval to draw: of the procedure or, with one fold, of the fitted models."""
        return self.fitted if self.p_value is None else self.difference


def comparison_result(one: Comparison) -> ComparisonResult:
    """A comparison as the file has it."""
    chances, calls = one.probabilities, one.mcnemar
    return ComparisonResult(
        a=one.a,
        b=one.b,
        family=one.family,
        difference=interval_result(one.difference),
        p_value=number(one.p_value),
        adjusted_p_value=number(one.adjusted_p_value),
        verdict=one.verdict,
        stars_to_decide=one.stars_to_decide,
        planets_to_decide=one.planets_to_decide,
        probabilities=None if chances is None else ProbabilitiesResult(**vars(chances)),
        mcnemar=McNemarResult(**vars(calls)),
        fitted=interval_result(one.fitted),
        sentence=one.sentence,
    )
