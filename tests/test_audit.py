"""What an answer about known vulnerabilities means."""

import json
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / ".ci" / "audit"
SOUND = {"name": "numpy", "version": "2.3.5", "vulns": []}
UNKNOWN = {"name": "uv", "skip_reason": "Dependency not found"}
FAULTY = {**SOUND, "vulns": [{"id": "CVE-1", "fix_versions": ["2.3.6"]}]}


@pytest.fixture
def audit():
    module = module_from_spec(spec_from_loader("audit", SourceFileLoader("audit", str(SCRIPT))))
    module.__spec__.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("packages", "words", "code"),
    [
        ([SOUND, UNKNOWN], "audit: 1 of 2 packages known, 0 vulnerabilities", 0),
        ([UNKNOWN], "audit skipped: the service answers for none of 1 packages", 0),
        (
            [FAULTY, SOUND],
            "audit: 2 of 2 packages known, 1 vulnerabilities\nnumpy 2.3.5: CVE-1, mended in 2.3.6",
            1,
        ),
    ],
)
def test_the_answer_is_told(audit, packages, words, code):
    assert audit.verdict(json.dumps({"dependencies": packages})) == (words, code)


@pytest.mark.parametrize("answer", ["", "no network", "[]", "{}"])
def test_no_answer_is_no_fault(audit, answer):
    words, code = audit.verdict(answer)
    assert (words, code) == ("audit skipped: pip-audit or its service cannot be reached", 0)
