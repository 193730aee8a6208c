"""The Kaggle set, with the user's own account: it may not be passed on by anyone else."""

import os
import shutil
from pathlib import Path

from kepler_keras.data.fetch.checks import sha256
from kepler_keras.errors import InputError

HANDLE = "keplersmachines/kepler-labelled-time-series-data"
# Hashes that others publish for these files. They are no promise of Kaggle's: hence a warning.
FILES = {
    "exoTrain.csv": "6f04167636d2fcdce44af6fd5cbef359d8af033ce8457d8c8e917fdb822e044c",
    "exoTest.csv": "0b9f9aabcaf4058fd38d99431e61e29eeb031d5073c3b74f6139a917356bd163",
}
HEADER = b"LABEL,FLUX.1,"
BY_HAND = f"or download {HANDLE} from Kaggle by hand and put {' and '.join(FILES)} into"


def fetch_kaggle(folder: Path, *, again: bool = False) -> list[str]:
    """Brings exoTrain.csv and exoTest.csv through kagglehub, which resumes and shows progress.

    Returns:
        Warnings: a sentence for each file whose sha256 is not the known one.

    Raises:
        InputError: kagglehub is not installed, Kaggle cannot be reached or refuses, or what came
            is not the set.
    """
    if again or not all((folder / name).is_file() for name in FILES):
        brought = _ask_kaggle(folder, again=again)
        found = {name: _found(brought, name) for name in FILES}
        for name, file in found.items():
            _place(file, folder / name)
    warnings = []
    for name, known in FILES.items():
        digest = sha256(folder / name)
        if digest != known:
            warnings.append(
                f"{folder / name}: its sha256 is {digest}, that of the known file {known}: "
                "figures may not be comparable with others'"
            )
    return warnings


def _ask_kaggle(folder: Path, *, again: bool) -> Path:
    """Has kagglehub bring the set into its own cache."""
    try:
        import kagglehub
    except ImportError as error:
        raise InputError(
            "the Kaggle set is brought by kagglehub, which is not installed: "
            f"pip install 'kepler-keras[kaggle]', {BY_HAND} {folder}"
        ) from error
    try:
        return Path(kagglehub.dataset_download(HANDLE, force_download=again))
    except Exception as error:  # its own errors have no common ancestor
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(
            f"Kaggle: kagglehub cannot bring {HANDLE}: {reason[:300]}; is this machine online, and "
            f"your Kaggle account set up for kagglehub? Otherwise {BY_HAND[3:]} {folder}"
        ) from error


def _found(folder: Path, name: str) -> Path:
    for file in sorted(folder.rglob(name)):
        with file.open("rb") as content:
            if content.read(len(HEADER)) == HEADER:
                return file
        raise InputError(f"{file}: must begin with {HEADER.decode()}, got something else")
    raise InputError(f"{folder}: kagglehub brought no {name}")


def _place(file: Path, path: Path) -> None:
    """Puts a file into its place in one step; a link where it can be, to keep 290 MB once."""
    temporary = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        try:
            os.link(file, temporary)
        except OSError:
            shutil.copyfile(file, temporary)
        os.replace(temporary, path)
    except OSError as error:
        raise InputError(f"{path}: cannot write it: {error.strerror or error}") from error
