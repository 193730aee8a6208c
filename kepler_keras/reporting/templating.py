"""What every template of this package is rendered with: pages, LaTeX and Markdown alike."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def template_environment(*, autoescape: bool, **settings: Any) -> Environment:
    """Templates of this package, in which a name that is not given is an error.

    Args:
        autoescape: Whether values are escaped as HTML.
        settings: More of Jinja's own.
    """
    return Environment(
        loader=PackageLoader("kepler_keras.reporting"),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **settings,
    )
