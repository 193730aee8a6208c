"""Tests that compile what is written for LaTeX run where there is one."""

import shutil

import pytest

needs_latex = pytest.mark.skipif(
    not all(map(shutil.which, ("pdflatex", "bibtex"))),
    reason="needs pdflatex and bibtex; Debian has them in texlive-latex-recommended",
)
