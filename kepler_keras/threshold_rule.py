"""How the threshold of each fold is chosen, as an experiment file says it."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, model_serializer, model_validator

from kepler_keras.choice import Settings

BEST_F1 = "best_f1"


class Threshold(Settings):
    """One rule: ``best_f1``, or a mapping with one key. Validation rows choose, test rows never do.

    Attributes:
        f_beta: The highest F-beta, where recall counts so many times as much as precision;
            ``best_f1`` is that of 1.
        precision: The highest recall at that precision; where none reaches it, the highest.
        missed_cost: The least cost, where a missed planet costs so many false alarms.
        given: The score itself. It is a probability: entries whose scores are decision values keep
            the best F1.
    """

    f_beta: float | None = Field(default=None, gt=0)
    precision: float | None = Field(default=None, gt=0, le=1)
    missed_cost: float | None = Field(default=None, gt=0)
    given: float | None = Field(default=None, gt=0, lt=1)

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, value: Any) -> Any:
        if value == BEST_F1:
            return {"f_beta": 1.0}
        if not isinstance(value, Mapping | Threshold):
            raise ValueError(f"{_rule()}, got {value!r}")
        return value

    @model_validator(mode="after")
    def _is_one_rule(self) -> Self:
        known = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(known) != 1:
            raise ValueError(f"{_rule()}, got {' and '.join(known) or 'none'}")
        return self

    @model_serializer
    def _as_written(self) -> str | dict[str, float]:
        kind, value = self.kind_and_value
        return BEST_F1 if (kind, value) == ("f_beta", 1) else {kind: value}

    @property
    def kind_and_value(self) -> tuple[str, float]:
        """The key and its number."""
        known = {name: getattr(self, name) for name in type(self).model_fields}
        return next((name, value) for name, value in known.items() if value is not None)


def _rule() -> str:
    return f"{BEST_F1} or one of {', '.join(Threshold.model_fields)} is needed"
