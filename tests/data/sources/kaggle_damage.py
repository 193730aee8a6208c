"""Flux tables as text, packed, and damaged in every way that has been thought of."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from kepler_keras.data.sources import load_source
from kepler_keras.errors import InputError
from kepler_keras.experiment import TrainTestPaths

HEADER = "LABEL,FLUX.1,FLUX.2,FLUX.3\n"
CLEAN = HEADER + "2,-1.5,0,3e2\n1,4,5,6\n1,-7,8,-9\n"


def write(folder: Path, text: str | bytes, name: str = "flux.csv") -> str:
    folder.mkdir(exist_ok=True)
    content = text.encode() if isinstance(text, str) else text
    (folder / name).write_bytes(content)
    return str(folder / name)


def refusal(path: str | TrainTestPaths, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        load_source("kaggle_csv", path, options)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def pack(folder: Path, text: str | bytes, packing: str) -> str:
    content = text.encode() if isinstance(text, str) else text
    if packing == "plain":
        return write(folder, content)
    if packing == "gz":
        return write(folder, gzip.compress(content), "flux.csv.gz")
    return write(folder, zipped({"flux.csv": content}), "flux.zip")


def zipped(members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


DAMAGE = {
    "empty file": ("", ["the file is empty", "LABEL,FLUX.1"]),
    "header only": (HEADER, ["no row of flux below the header"]),
    "header and blank lines": (HEADER + "\n  \n", ["no row of flux below the header"]),
    "no header": ("2,1,2,3\n1,4,5,6\n", ["column 1 of the header must be LABEL, got '2'"]),
    "lower case label": (CLEAN.replace("LABEL", "label"), ["must be LABEL, got 'label'"]),
    "wrong flux name": (CLEAN.replace("FLUX.2", "FLUX2"), ["column 3", "FLUX.2, got 'FLUX2'"]),
    "doubled flux name": (CLEAN.replace("FLUX.3", "FLUX.2"), ["column 4", "FLUX.3, got 'FLUX.2'"]),
    "unnamed column": (CLEAN.replace("FLUX.3", ""), ["FLUX.3, got an empty cell"]),
    "label alone": ("LABEL\n2\n1\n", ["must go on with FLUX.1", "got LABEL alone"]),
    "blank first line": ("\n" + CLEAN, ["must be LABEL, got an empty cell"]),
    "semicolons": (CLEAN.replace(",", ";"), ["column 1 of the header must be LABEL"]),
    "truncated last row": (
        CLEAN[:-4],
        ["row 3 (line 4)", "too few values", "has 4 columns, the row has 3"],
    ),
    "row of one value": (HEADER + "2\n1,4,5,6\n", ["row 1 (line 2)", "the row has 1"]),
    "all rows too long": (HEADER + "2,1,2,3,4\n1,1,2,3,4\n", ["row 1 (line 2)", "the row has 5"]),
    "one row too long": (CLEAN + "1,1,2,3,4\n", ["row 4 (line 5)", "too many values"]),
    "trailing comma": (CLEAN.replace("4,5,6", "4,5,6,"), ["row 2 (line 3)", "too many values"]),
    "too long after a blank line": (HEADER + "\n2,1,2,3,4\n", ["row 1 (line 3)", "too many"]),
    "quoted comma": (
        CLEAN.replace("4,5,6", '"4,5",6'),
        ["row 2 (line 3)", "too few values", "the row has 3"],
    ),
    "text": (CLEAN.replace("8", "abc"), ["row 3 (line 4), column FLUX.2", "number, got 'abc'"]),
    "not available": (CLEAN.replace("8", "NA"), ["column FLUX.2", "a number, got 'NA'"]),
    "column of true and false": (
        HEADER + "2,1,True,3\n1,1,False,3\n",
        ["row 1 (line 2), column FLUX.2", "a number, got 'True'"],
    ),
    "decimal comma in quotes": (CLEAN.replace("-7", '"-7,5"'), ["column FLUX.1", "got '-7,5'"]),
    "underscore": (CLEAN.replace("8", "1_0"), ["column FLUX.2", "a number, got '1_0'"]),
    "long text": (CLEAN.replace("8", "x" * 999), ["a number, got 'xxxxx", "...'"]),
    "infinity": (CLEAN.replace("8", "-inf"), ["row 3 (line 4), column FLUX.2", "must be finite"]),
    "Infinity": (CLEAN.replace("8", "Infinity"), ["must be finite, got 'Infinity'"]),
    "too large": (CLEAN.replace("8", "1e39"), ["range of float32, got '1e39'"]),
    "far too large": (CLEAN.replace("8", "1e999"), ["range of float32, got '1e999'"]),
    "unknown label": (
        CLEAN.replace("1,4", "3,4"),
        ["row 2 (line 3), column LABEL", "0, 1 or 2, got '3'"],
    ),
    "negative label": (CLEAN.replace("1,4", "-1,4"), ["0, 1 or 2, got '-1'"]),
    "broken label": (CLEAN.replace("1,4", "1.5,4"), ["column LABEL", "0, 1 or 2, got '1.5'"]),
    "text label": (CLEAN.replace("1,4", "planet,4"), ["0, 1 or 2, got 'planet'"]),
    "empty label": (CLEAN.replace("1,4", ",4"), ["0, 1 or 2, got an empty cell"]),
    "nan label": (CLEAN.replace("1,4", "nan,4"), ["0, 1 or 2, got 'nan'"]),
    "mixed labels": (
        CLEAN + "0,1,2,3\n",
        ["row 1 (line 2), column LABEL", "0 and 1 or to the labels 1 and 2", "row 4 (line 5)"],
    ),
    "label 1 only": (HEADER + "1,1,2,3\n1,4,5,6\n", ["both classes, but every label is 1, which"]),
    "label 2 only": (HEADER + "2,1,2,3\n2,4,5,6\n", ["both classes, but every label is 2"]),
    "label 0 only": (HEADER + "0,1,2,3\n0,4,5,6\n", ["both classes, but every label is 0"]),
    "NUL in a cell": (CLEAN.replace("8", "8\x000"), ["row 3 (line 4)", "NUL byte at position 7"]),
    "open quote": (CLEAN.replace("8", '"8'), ["row 3 (line 4)", "not a line of comma-separated"]),
    "line break in quotes": (
        CLEAN.replace("8", '"8\n9"'),
        ["row 3 (line 4)", "not a line of comma-sep"],
    ),
    "binary": (bytes(range(256)) * 4, ["the header (line 1)", "NUL byte"]),
    "binary without NUL": (b"\x89PNG\xff\xfe\n", ["the header (line 1)", "not UTF-8", "0x89"]),
    "binary below the header": (
        HEADER.encode() + b"\xfe\xff\x00\n",
        ["row 1 (line 2)", "not UTF-8 text (byte 0xfe)"],
    ),
    "latin-1": (
        CLEAN.replace("8", "8\xe9").encode("latin-1"),
        ["row 3 (line 4)", "not UTF-8 text (byte 0xe9)"],
    ),
    "utf-16": (CLEAN.encode("utf-16"), ["the header (line 1)", "not UTF-8"]),
    "old Mac line ends": (CLEAN.replace("\n", "\r"), ["the header (line 1)"]),
    "return in a line": (CLEAN.replace("8", "8\r"), ["row 3 (line 4)", "not a line of comma-sep"]),
    "another script's digits": (CLEAN.replace("8", "\u0668"), ["column FLUX.2", "a number, got"]),
    "no-break space": (CLEAN.replace("8", "\xa08"), ["column FLUX.2", "a number, got"]),
    "two points": (CLEAN.replace("8", "1.2.3"), ["column FLUX.2", "a number, got '1.2.3'"]),
    "two signs": (CLEAN.replace("8", "--8"), ["column FLUX.2", "a number, got '--8'"]),
    "damage below quoted rows": (
        HEADER + '"2",1,2,3\n' * 50 + "1,4,x,6\n",
        ["row 51 (line 52), column FLUX.2", "got 'x'"],
    ),
}
