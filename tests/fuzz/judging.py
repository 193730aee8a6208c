"""Whether a command did with a file what it must: use it, or refuse it in clear words."""

import re
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

from kepler_keras.errors import InputError
from kepler_keras.visible import HIDDEN

LONGEST = 10.0  # seconds of processor time: another program's work is no hang of ours
LONGEST_WAIT = 60.0  # seconds of whatever
LONGEST_SENTENCE = 2000  # characters: some errors quote what came, none may quote all of it
READ, REFUSED = "read", "refused"


def judged(read: Callable[[Path], object], file: Path) -> str:
    """`READ` or `REFUSED`, or what is wrong, ready to be counted: one text a fault."""
    start, waited = time.process_time(), time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read(file)
        outcome = READ
    except InputError as error:
        outcome = _fault_of_sentence(str(error)) or REFUSED
    except Exception as error:
        outcome = f"{type(error).__name__} at {_place(error)}"
    seconds, waited = time.process_time() - start, time.perf_counter() - waited
    if seconds > LONGEST or waited > LONGEST_WAIT:
        return f"a hang of {waited:.0f} s in {read.__name__}"
    return outcome


def _fault_of_sentence(text: str) -> str:
    """What is wrong with an error's words; the layouts that may follow are the package's own."""
    sentence = re.split("\n(?:The layout it should have had|Layouts that are known):", text)[0]
    if len(sentence) > LONGEST_SENTENCE:
        return f"a sentence of {len(sentence)} characters: {sentence[:160]!r}"
    if HIDDEN.search(sentence) or "\n" in sentence:
        return f"a sentence that is no plain line: {sentence[:200]!r}"
    return ""


def _place(error: Exception) -> str:
    """The innermost line of the package, which is where to look."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/kepler_keras/" in frame.filename]
    last = (own or frames)[-1]
    return f"{Path(last.filename).name}:{last.lineno} ({last.line}): {str(error)[:160]}"
