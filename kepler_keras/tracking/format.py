"""What a comparison says to MLflow, as plain text and numbers; nothing here imports mlflow."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from kepler_keras.evaluation.estimates import EntrySummary
from kepler_keras.experiment import Choice, Entry, Experiment
from kepler_keras.models.trusted import AEON_MODULES
from kepler_keras.record import FoldFit, MemberFit, RecordSettings, TrialRecord

LONGEST_KEY = 250  # characters; MLflow's own limit
LONGEST_PROFILE = 16_000_000  # characters; MLflow's own limit
LONGEST_DIGEST = 36  # characters; MLflow's own limit

COMMON_PACKAGES = (
    "astropy", "mlflow", "numba", "numpy", "pandas", "pyarrow", "pydantic", "PyYAML",
    "scikit-learn", "scipy",
)  # fmt: skip
FRAMEWORK_PACKAGES = {".keras": ("keras", "tensorflow"), ".skops": ("skops",)}
SCHEMA_FILE = "schema.json"  # of a skops file: which types it holds


def experiment_parameters(experiment: Experiment) -> dict[str, str]:
    """Everything of an experiment but its entries, one dotted key a setting."""
    parts = experiment.model_dump(mode="json", exclude={"entries", "name"})
    return _safe(_flat(parts))


def entry_parameters(entry: Entry) -> dict[str, str]:
    """One entry's settings: `model`, `model.filters`, `views`, `training.epochs`, ..."""
    settings: dict[str, Any] = {
        "augmentations": ", ".join(choice.label for choice in entry.augmentations) or "none",
        "training": entry.training.model_dump(mode="json"),
        "seed": entry.seed,
        "data_options": entry.data_options,
        "views": ", ".join(entry.view_names),
    }
    for view in entry.views:
        settings[f"views.{view.name}"] = view.options
    if entry.ensemble is not None:
        settings["ensemble"] = entry.ensemble.model_dump(mode="json")
    if entry.against is not None:
        settings["against"] = entry.against
    parameters = dict(_flat(settings))
    for key in ("model", "imbalance"):
        choice: Choice = getattr(entry, key)
        parameters[key] = choice.name
        parameters.update(_flat(choice.options, f"{key}."))
    return _safe(parameters.items())


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _safe(parameters: Any) -> dict[str, str]:
    """Keys as MLflow accepts them, no two alike; option names come from the user's file.

    MLflow takes a key for a path as well, so that slashes and dots at the start go too.
    """
    safe: dict[str, str] = {}
    for key, value in parameters:
        plain = re.sub(r"[^\w\-. :]", "_", str(key)).lstrip(".")[:LONGEST_KEY] or "_"
        name, number = plain, 2
        while name in safe:
            name, number = f"{plain[: LONGEST_KEY - 8]} {number}", number + 1
        safe[name] = str(value)
    return safe


def history_points(fit: FoldFit) -> Iterator[tuple[str, float, int]]:
    """The learning curve as (measure, value, epoch), epochs counted from 1.

    An ensemble has one for each member, whose measures bear its seed: ``loss_seed_3``.
    """
    curves = [(fit.history, ""), *((one.history, _of_member(one)) for one in fit.members)]
    for history, ending in curves:
        for measure, values in history.items():
            for epoch, value in enumerate(values, start=1):
                yield f"{measure}{ending}", value, epoch


def _of_member(member: MemberFit) -> str:
    return f"_seed_{member.seed}"


def fold_numbers(fit: FoldFit, metrics: Mapping[str, float]) -> Iterator[tuple[str, float, int]]:
    """A fold's single numbers at step 0: its measures, its kept epoch, its size and its time.

    Of an ensemble's members, the kept epochs and times too.
    """
    numbers = {
        **metrics,
        "train_seconds": fit.train_seconds,
        "kept_epoch": fit.epochs,
        "n_parameters": fit.n_parameters,
    }
    for member in fit.members:
        numbers[f"train_seconds{_of_member(member)}"] = member.train_seconds
        numbers[f"kept_epoch{_of_member(member)}"] = member.epochs
    return ((key, float(value), 0) for key, value in numbers.items() if value is not None)


def trial_parameters(trial: TrialRecord) -> dict[str, str]:
    """What a trial of tuning tried, by key."""
    return _safe(trial.settings.items())


def trial_numbers(trial: TrialRecord) -> list[tuple[str, float, int]]:
    """What a trial reached and cost, at step 0."""
    numbers = {
        "inner_average_precision": trial.average_precision,
        "epochs": trial.epochs,
        "cpu_seconds": trial.cpu_seconds,
    }
    return [(key, float(value), 0) for key, value in numbers.items() if value is not None]


def summary_points(summary: EntrySummary) -> Iterator[tuple[str, float, int]]:
    """An entry's measures with their intervals and its counts.

    Measures and thresholds of folds have the fold's position as their step, from 0.
    """
    for key, estimate in summary.metrics.items():
        yield key, estimate.mean, 0
        yield f"{key}_low", estimate.low, 0
        yield f"{key}_high", estimate.high, 0
        for step, value in enumerate(estimate.folds):
            yield f"{key}_fold", value, step
    for key, count in asdict(summary.confusion).items():
        yield f"confusion_{key}", count, 0
    for step, threshold in enumerate(summary.thresholds):
        yield "threshold", threshold, step


def data_fields(record: RecordSettings, part: str) -> dict[str, str]:
    """The rows of one part as MLflow describes a data set; the data's fingerprint is the digest.

    MLflow knows a data set by name and digest: the parts differ in their names.
    """
    data = record.data
    sizes = [one.n_examples for one in record.parts if one.part == part]
    profile = data.model_dump(mode="json", exclude={"gallery", "source"})
    profile |= {"part": part, "num_rows": round(sum(sizes) / len(sizes)) if sizes else None}
    views = {view: shape for views in record.view_shapes.values() for view, shape in views.items()}
    tensors = [{"name": "label", **_tensor("int8", [])}]
    tensors += [{"name": name, **_tensor("float32", views[name])} for name in sorted(views)]
    return {
        "name": f"{data.source}, {part} rows",
        "digest": data.fingerprint[:LONGEST_DIGEST],
        "source": json.dumps(record.experiment.data.model_dump(mode="json")),
        "profile": json.dumps(profile)[:LONGEST_PROFILE],
        "schema": json.dumps({"mlflow_tensorspec": {"features": tensors, "targets": None}}),
    }


def _tensor(kind: str, shape: list[int]) -> dict[str, Any]:
    return {"type": "tensor", "tensor-spec": {"dtype": kind, "shape": [-1, *shape]}}


def environment_tags(record: RecordSettings) -> dict[str, str]:
    """Commit, threads and versions of a comparison as tags."""
    environment = record.environment
    tags = {
        "git_dirty": environment.git_dirty,
        "python": environment.python,
        "platform": environment.platform,
        "processor": environment.processor,
        "threads": environment.threads,
        "onednn": environment.onednn,
        "quick": record.quick,
        "command": record.command,
        "fingerprint": record.data.fingerprint,
        **{f"version.{name}": number for name, number in environment.versions.items()},
    }
    texts = {f"kepler_keras.{key}": _text(value) for key, value in tags.items()}
    if environment.git_commit is not None:
        texts["mlflow.source.git.commit"] = environment.git_commit
    return texts


def _text(value: Any) -> str:
    if value is None:
        return "unknown"
    return str(value).lower() if isinstance(value, bool) else str(value)


def requirements(folder: Path) -> list[str]:
    """Exact versions of what the fitted model in `folder` needs to be loaded and to score.

    They are listed, not inferred: MLflow would load the model in a fresh process to find out.
    """
    names = list(COMMON_PACKAGES)
    for suffix, packages in FRAMEWORK_PACKAGES.items():
        if any(folder.glob(f"model*{suffix}")):
            names.extend(packages)
    if any(_needs_aeon(file) for file in folder.glob("model*.skops")):
        names.append("aeon")
    return [
        f"{name}=={number}" for name in sorted(names, key=str.lower) if (number := _version(name))
    ]


def _needs_aeon(file: Path) -> bool:
    """Whether a saved estimator has parts that are aeon's or import it."""
    with ZipFile(file) as archive:
        schema = archive.read(SCHEMA_FILE).decode("utf-8")
    modules = set(re.findall(r'"__module__": "([\w.]+)"', schema))
    return any(f"{module}.".startswith(f"{need}.") for module in modules for need in AEON_MODULES)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
