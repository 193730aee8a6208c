"""Compare Keras classifiers of Kepler light curves on identical folds."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "read_report"]

_PUBLIC = {"read_report": "kepler_keras.reporting.notebook"}  # imported when they are asked for


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
