"""What two comparisons were made with that changes the digits of their scores."""

from kepler_keras.record import Environment, Record

ROW = ["repeat", "fold", "split", "example_id"]


def made_otherwise(first: Environment, second: Environment) -> list[str]:
    """What is recorded of code, machine and versions and is not the same, in words."""
    pairs: list[tuple[str, object, object]] = [
        ("code", _code(first), _code(second)),
        ("threads", first.threads, second.threads),
        ("oneDNN", _switch(first), _switch(second)),
        ("processor", first.processor, second.processor),
        ("platform", first.platform, second.platform),
        ("Python", first.python, second.python),
    ]
    for name in sorted(first.versions.keys() | second.versions.keys()):
        ours, theirs = (one.versions.get(name, "unknown") for one in (first, second))
        pairs.append((name, ours, theirs))
    return [f"{name} {ours} and {theirs}" for name, ours, theirs in pairs if ours != theirs]


def scored_otherwise(first: Record, second: Record) -> list[str]:
    """Entries that stand in both with the same settings, and whose scores are not the same.

    Args:
        first: One comparison.
        second: Another one of the same rows in the same folds.
    """
    if any(
        getattr(first.experiment, key) != getattr(second.experiment, key)
        for key in ("data", "conditioning", "search")
    ):
        return []
    known = {entry.name: entry for entry in first.experiment.entries}
    shared = [entry.name for entry in second.experiment.entries if known.get(entry.name) == entry]
    return [name for name in shared if not _same_scores(first, second, name)]


def _same_scores(first: Record, second: Record, entry: str) -> bool:
    ours, theirs = (
        one.predictions[one.predictions["entry"] == entry].sort_values(ROW)["score"].to_numpy()
        for one in (first, second)
    )
    return ours.tobytes() == theirs.tobytes()


def _code(environment: Environment) -> str:
    if environment.git_commit is None:
        return "outside git"
    return environment.git_commit[:10] + " with changes" * bool(environment.git_dirty)


def _switch(environment: Environment) -> str:
    return "on" if environment.onednn else "off"
