"""What is kept of a comparison's fits in its report folder, by their keys.

`<key>.fit` is a result, `<key>.model` a folder with a model, `<key>.failed` says why there is
neither, and `<key>.running` who is at work on it.
"""

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kepler_keras.durable.codec import CodecError, head_of, pack, unpack
from kepler_keras.whole_files import WRITING, move_folder, read_json, write_file, write_json

FOLDER = ".folds"
RESULT, MODEL, FAILED, RUNNING = ".fit", ".model", ".failed", ".running"


@dataclass(frozen=True)
class Kept:
    """A result as it is packed, with what it took.

    Attributes:
        result: None of a model, which is a folder.
        seconds: From the job's start to its end.
    """

    result: Any
    seconds: float


@dataclass(frozen=True)
class FitStore:
    """The kept fits of one report folder; workers write into it, each its own.

    Attributes:
        folder: `DIR/.folds`.
    """

    folder: Path

    def has(self, key: str) -> bool:
        """Whether a fit ended well."""
        return self._file(key, RESULT).exists()

    def load(self, key: str, annotation: Any) -> Any:
        """A kept result; a model's is its folder.

        Raises:
            CodecError: There is none, or it is damaged.
        """
        try:
            kept = unpack(self._file(key, RESULT).read_bytes(), _kept(annotation))
        except OSError as error:
            raise CodecError(f"{key}: {error.strerror}") from error
        if kept.result is not None:
            return kept.result
        model = self._file(key, MODEL)
        if not model.is_dir():
            raise CodecError(f"{model} is gone")
        return model

    def begin(self, key: str) -> None:
        """Says that this process is at work on a fit."""
        words = f'{{"pid": {os.getpid()}, "started": {time.time()}}}'
        self._file(key, RUNNING).write_text(words, encoding="ascii")

    def keep(self, key: str, result: Any, annotation: Any, *, seconds: float) -> Any:
        """Keeps a result, and gives it back: of a model the folder it lies in from now on.

        Raises:
            CodecError: It is of another type than announced.
            OSError: It cannot be written.
        """
        if isinstance(result, Path):
            move_folder(result, self._file(key, MODEL))
            result, packed = self._file(key, MODEL), None
        else:
            packed = result
        content = pack(Kept(packed, seconds), _kept(annotation))
        write_file(self._file(key, RESULT), content)
        self.settle(key)
        self._file(key, FAILED).unlink(missing_ok=True)
        return result

    def fail(self, key: str, reason: str, *, trace: str = "") -> None:
        """Notes why a fit did not end well; the next run tries again."""
        self.unfinished(key)
        write_json(self._file(key, FAILED), {"reason": reason, "trace": trace})
        self.settle(key)

    def settle(self, key: str) -> None:
        """Says that nobody is at work on a fit any more."""
        self._file(key, RUNNING).unlink(missing_ok=True)

    def began(self, key: str) -> bool:
        """Whether a fit began and neither ended nor failed."""
        return self._file(key, RUNNING).exists()

    def reason(self, key: str) -> str | None:
        """Why a fit failed, if it did."""
        found = read_json(self._file(key, FAILED))
        return str(found["reason"]) if found else None

    def seconds(self, key: str) -> float | None:
        """What a kept fit took; None where none is kept."""
        try:
            return float(head_of(self._file(key, RESULT))["fields"]["seconds"])
        except CodecError:
            return None

    def unfinished(self, key: str) -> Path:
        """Where a worker makes a model; what was there is removed."""
        path = self.folder / f"{WRITING}{key}{MODEL}"
        shutil.rmtree(path, ignore_errors=True)
        return path

    def sweep(self) -> None:
        """Removes what a killed run left unfinished; nobody else may be at work."""
        for path in [*self.folder.glob(f"{WRITING}*"), *self.folder.glob(f"*{RUNNING}")]:
            _remove(path)

    def prune(self, keys: set[str]) -> None:
        """Removes the fits of other keys, which settings of before had."""
        for kind in (RESULT, MODEL, FAILED):
            for path in self.folder.glob(f"*{kind}"):
                if path.stem not in keys:
                    _remove(path)

    def _file(self, key: str, kind: str) -> Path:
        return self.folder / f"{key}{kind}"


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _kept(annotation: Any) -> Any:
    """The type of what is packed of a function's results."""
    return Kept | annotation
