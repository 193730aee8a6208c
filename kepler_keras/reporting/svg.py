"""Matplotlib figures as inline SVG that takes its colours from the page, light or dark."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib
from cycler import cycler
from markupsafe import Markup, escape
from matplotlib.figure import Figure

# What is drawn in one of these colours becomes `var(--name, colour)`: the style sheet decides, and
# has a light and a dark form of each. The series are Okabe and Ito's palette, as in the displays.
THEME = {
    "ink": "#1c2026",
    "soft": "#5c636d",
    "rule": "#d8d6ce",
    "series-1": "#0072b2",
    "series-2": "#d55e00",
    "series-3": "#009e73",
    "series-4": "#cc79a7",
    "series-5": "#56b4e9",
    "series-6": "#e69f00",
    "series-7": "#000000",
}
INK, SOFT, RULE = THEME["ink"], THEME["soft"], THEME["rule"]
SERIES = tuple(colour for name, colour in THEME.items() if name.startswith("series"))

_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "kepler_keras",
    "text.parse_math": False,  # names of stars may hold a dollar sign
    "font.family": ["DejaVu Sans"],
    "font.size": 11.0,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 11.0,
    "axes.edgecolor": SOFT,
    "axes.facecolor": "none",
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelsize": 10.0,
    "ytick.labelsize": 10.0,
    "figure.facecolor": "none",
    "lines.linewidth": 1.6,
    "legend.frameon": False,
    "legend.fontsize": 10.5,
    "path.simplify": True,
    "axes.prop_cycle": cycler(color=SERIES),
}


@contextmanager
def figure_style() -> Iterator[None]:
    """The look of every figure, whatever the user's own matplotlib settings are."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        # A star may be named in letters that the font lacks; they are drawn as boxes.
        warnings.filterwarnings("ignore", r"Glyph .* missing from font", UserWarning)
        matplotlib.rcParams.update(matplotlib.rcParamsDefault)
        matplotlib.rcParams.update(_STYLE)
        yield


def inline_svg(figure: Figure, *, key: str, label: str) -> Markup:
    """Turns a figure into an `<svg>` element that can stand in a page.

    Args:
        figure: Drawn inside `figure_style`.
        key: A name that no other figure of the page has; it starts every id of this one.
        label: What the picture shows, for readers who do not see it.

    Returns:
        Markup without addresses, style sheets, dates or colours of its own; the same figure gives
        the same text.
    """
    buffer = io.StringIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with figure_style():
        figure.savefig(buffer, format="svg", metadata=nothing)
    text = buffer.getvalue()
    view_box = _found(r'viewBox="([^"]*)"', text)
    body = text[text.index(">", text.index("<svg")) + 1 :]
    # Its style sheet would rule the whole page; the page's own holds the same line for figures.
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, count=1, flags=re.DOTALL)
    head = (
        f'<svg class="figure" viewBox="{view_box}" role="img" aria-label="{escape(label)}"'
        f' style="max-width: {1.3 * float(view_box.split()[2]):.0f}px">'
    )
    return Markup(head + _compact(_themed(_with_own_ids(body, key))))


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise ValueError(f"no {pattern} in the figure's SVG")
    return match.group(1)


def _with_own_ids(body: str, key: str) -> str:
    """Ids are shared by all inline figures of a page: those in use get a prefix, others go."""
    used = set(re.findall(r'url\(#([^)]+)\)|xlink:href="#([^"]+)"', body))
    names = {name for pair in used for name in pair if name}

    def replaced(match: re.Match[str]) -> str:
        return f' id="{key}-{match.group(1)}"' if match.group(1) in names else ""

    body = re.sub(r' id="([^"]*)"', replaced, body)
    body = re.sub(r"url\(#", f"url(#{key}-", body)
    return re.sub(r'xlink:href="#', f'href="#{key}-', body)


def _themed(body: str) -> str:
    """Colours and font come from the page."""
    body = re.sub(r"font-family: [^;\"]*; |font: ([0-9.]+px) [^;\"]*", _font, body)
    for name, colour in THEME.items():
        body = body.replace(colour, f"var(--{name}, {colour})")
    return body


def _font(match: re.Match[str]) -> str:
    """The size alone: which font it is, the page's style sheet says."""
    size = match.group(1)
    return f"font-size: {size}" if size else ""


def _compact(body: str) -> str:
    """Half of matplotlib's text is white space, and of the rest six digits behind each dot.

    A tenth of a point is less than a pixel shows. Groups without attributes say nothing.
    """
    body = re.sub(r' transform="rotate\(-0 [^"]*"', "", body)
    body = re.sub(r' (?:d|x|y)="[^"]*"', _rounded, body)
    body = re.sub(r" *\n *([A-Zz])", r"\1", body)  # between the commands of a path
    return re.sub(r"\s*\n\s*", "\n", _without_plain_groups(body))


def _rounded(place: re.Match[str]) -> str:
    return re.sub(r"\d+\.\d+", lambda one: f"{float(one[0]):.1f}".removesuffix(".0"), place[0])


def _without_plain_groups(body: str) -> str:
    plain: list[bool] = []  # of the groups that are open

    def kept(tag: re.Match[str]) -> str:
        if tag[0] != "</g>":
            plain.append(tag[0] == "<g>")
            return "" if plain[-1] else tag[0]
        return "" if plain.pop() else tag[0]

    return re.sub(r"<g(?: [^>]*)?>|</g>", kept, body)
