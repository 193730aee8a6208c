r"""Text as LaTeX that prints it and does nothing else.

What comes out is ASCII, so that it compiles in every encoding, and holds no character that LaTeX
takes for more than itself.
"""

import re
import unicodedata
from itertools import pairwise

from kepler_keras.visible import one_line

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    # Of use to LaTeX after \\, in ligatures, as a quote.
    "[": "{[}",
    "]": "{]}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "{''}",  # it and the grave are in no font of OT1, LaTeX's own encoding
    "`": r"\`{}",
    "−": r"$-$",
    "–": "--",
    "—": "---",
    "“": "``",
    "”": "''",
    "‘": "`",
    "’": "'",
    "…": r"\ldots{}",
    "±": r"$\pm$",
    "×": r"$\times$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "µ": r"$\mu$",
    "°": r"$^{\circ}$",
    "§": r"\S{}",
    "\u00a0": "~",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "ı": r"\i{}",
}
ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
}
MINUS = re.compile(r"(?<!\w)-(?=\d)")
LIGATURES = "-',"  # of these two become another sign
LONGEST_WORD = 15  # letters that fit the narrowest column
LONGEST_RUN = 12  # letters of a longer word without a place for a break


def tex(text: str) -> str:
    """The text on one line for LaTeX; what it has no letter for is named, as ``[U+4E2D]``."""
    letters = MINUS.sub("−", unicodedata.normalize("NFC", one_line(text)))
    made = []
    for before, letter in pairwise(f" {letters}"):
        made.append("{}" * (letter == before and letter in LIGATURES) + _letter(letter))
    return "".join(made)


def breakable_tex(text: str) -> str:
    r"""`tex` whose long words may be broken: behind what is no letter, and in long runs."""
    return " ".join(
        _breakable(word) if len(word) > LONGEST_WORD else tex(word)
        for word in unicodedata.normalize("NFC", one_line(text)).split(" ")
    )


def _breakable(word: str) -> str:
    parts = re.findall(rf"[^\W_]{{1,{LONGEST_RUN}}}|[\W_]", word)
    made = []
    for part, following in zip(parts, [*parts[1:], "."], strict=True):
        made.append(tex(part))
        long_run = len(part) == LONGEST_RUN and following[0].isalnum()
        if long_run or not part.isalnum() or not part.isascii():
            made.append(r"\allowbreak{}")
    return "".join(made)


def _letter(letter: str) -> str:
    if letter in SPECIAL:
        return SPECIAL[letter]
    if letter.isascii():
        return letter
    parts = unicodedata.normalize("NFD", letter)
    base, marks = parts[0], parts[1:]
    if marks in ACCENTS and base.isascii() and base.isalpha():
        dotless = {"i": r"\i", "j": r"\j"}.get(base, base)
        return f"{{\\{ACCENTS[marks]}{{{dotless}}}}}"
    return f"{{[}}U+{ord(letter):04X}{{]}}"
