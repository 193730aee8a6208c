"""The parts that settings are made of: strict models, and a thing chosen by name."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"


class Settings(BaseModel):
    """Base of every part of the file: unknown keys are refused, values never change."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, protected_namespaces=(), allow_inf_nan=False
    )


class Choice(Settings):
    """One registered thing by name, with its options: ``conv1d`` or ``{name: conv1d, ...}``."""

    name: str
    options: dict[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"name": value}
        nameless = isinstance(value, Mapping) and "name" not in value
        if nameless or not isinstance(value, Mapping | Choice):
            raise ValueError(f"a name, or a mapping with a name, is needed, got {value!r}")
        if isinstance(value, Mapping) and set(value) != {"name", "options"}:
            rest = {key: item for key, item in value.items() if key != "name"}
            return {"name": value["name"], "options": rest}
        return value

    @property
    def label(self) -> str:
        """The choice in one line: ``conv1d(filters=16)``."""
        options = ", ".join(f"{key}={value}" for key, value in self.options.items())
        return f"{self.name}({options})" if options else self.name


def refusal(location: tuple[str | int, ...], reason: str, came: Any) -> ValidationError:
    """An error about another part of the file than the one being validated, with its place.

    Args:
        location: Keys and positions from the model whose validator raises it.
        reason: The rule and what came.
        came: The value itself.
    """
    kind = PydanticCustomError("value_error", "{reason}", {"reason": reason})
    details = InitErrorDetails(type=kind, loc=location, input=came)
    return ValidationError.from_exception_data("settings", [details])
