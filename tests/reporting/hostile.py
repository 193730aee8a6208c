"""A made-up comparison whose every text tries to be more than text.

An experiment file cannot hold such names of entries: they are put in behind its back. Stars, notes
and labels come from files and may be called anything.
"""

from typing import Any

from made_up_record import data_summary, entry, experiment, gallery, make_record

from kepler_keras.diagnostics import Diagnostics, SharedStar, SplitFaults
from kepler_keras.record import LeftOut, Record

HTML = '<script>alert("x")</script><img src=x onerror=alert(1)>"\'><svg onload=alert(2)>'
LATEX = r"\input{/etc/passwd}\write18{id}%$_#^~&{}\end{document} ^^5cx"
MARKDOWN = "[a](javascript:alert(3)) ![b](http://e.example/p) `c` | d | <b> * _e_ www.e.example"
PATH = "../../x/\\..\\.. /etc/passwd"
CONTROL = "a\x00b\x1b[31mc\rd\ne\u202etxt.exe"
LONG = "x" * 3000
FOREIGN = "Δ 中文 é ﬁ \U0001fa90 — “q” … −1"
TEXTS = (HTML, LATEX, MARKDOWN, PATH, CONTROL, LONG, FOREIGN)
ALL = " ".join(TEXTS)
NAMES = tuple(text[:64] for text in TEXTS)  # no longer than an experiment file allows


def hostile_record(**changes: Any) -> Record:
    """Entries, stars, notes, warnings and questions are named by `TEXTS`."""
    models = ["mlp", *["conv1d"] * 6]
    setup = experiment(
        entries=[entry(f"e{i}", model) for i, model in enumerate(models)],
        baseline="e0",
        protocol={"folds": 2},
        questions=[{"ask": "Which?", "better": "e1", "than": "e2"}],
    )
    named = {f"e{i}": text for i, text in enumerate(NAMES)}
    asked = setup.questions[0].model_copy(
        update={"ask": ALL, "better": named["e1"], "than": named["e2"]}
    )
    setup = setup.model_copy(
        update={
            "entries": tuple(
                one.model_copy(update={"name": named[one.name]}) for one in setup.entries
            ),
            "baseline": named["e0"],
            "question": ALL,
            "questions": (asked,),
        }
    )
    curves = [
        curve.model_copy(update={"star": text})
        for curve, text in zip(gallery(40, each=4), TEXTS, strict=False)
    ]
    data = data_summary(source=HTML, notes=[ALL], warnings=[ALL], gallery=curves)
    shared = SharedStar(star=ALL, repeat=0, fold=0, parts=["train", "test"])
    record = make_record(
        setup,
        data=data,
        command=ALL,
        left_out=[LeftOut(entry=PATH * 2, reason=ALL, failed=True)],
        diagnostics=Diagnostics(split=SplitFaults(n_shared=1, shared=[shared])),
        **changes,
    )
    table = record.predictions
    return record.model_copy(update={"predictions": table.assign(star=ALL + table["star"])})
