"""The MLflow run of a comparison that was cut off: found again, cleaned, and gone on with."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kepler_keras.disk import disk_errors
from kepler_keras.tracking.runs import delete
from kepler_keras.tracking.store import without_secrets
from kepler_keras.whole_files import read_json, write_json

TOKEN_TAG = "kepler_keras.token"  # by which a run is found whose id nobody had time to write down


def new_token() -> str:
    """What no other run bears."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Earlier:
    """The run of this very comparison.

    Attributes:
        run: As MLflow gives it.
        logged: Whether all of the comparison is in it already.
    """

    run: Any
    logged: bool


@dataclass(frozen=True)
class RunFile:
    """Where a report folder notes the MLflow run of its comparison.

    Attributes:
        path: A file of JSON.
        address: Of the store.
        identity: Of the comparison; another one gets a run of its own.
    """

    path: Path
    address: str
    identity: str

    @property
    def _place(self) -> str:
        """The address without password and query, where a token may stand."""
        return without_secrets(self.address).partition("?")[0]

    def earlier(self, client: Any, *, given: str | None) -> Earlier | None:
        """The run to go on with; what another comparison left open in its place is ended.

        Args:
            client: Of the store.
            given: A run that `mlflow run` made: no other will do.
        """
        noted = read_json(self.path)
        if not isinstance(noted, dict) or noted["address"] != self._place:
            return None
        run = _noted_run(client, noted)
        if run is None:
            return None
        if noted["identity"] != self.identity or (given and given != run.info.run_id):
            _end_cut_off(client, run)
            return None
        return Earlier(run, noted["logged"] and run.info.status == "FINISHED")

    def announce(self) -> str:
        """Notes a token that the run made next is to bear, and returns it.

        Raises:
            RunError: The file cannot be written.
        """
        token = new_token()
        self._write(token=token)
        return token

    def note(self, run_id: str, *, logged: bool = False) -> None:
        """Notes the run, and whether all of the comparison is in it.

        Raises:
            RunError: The file cannot be written.
        """
        self._write(run_id=run_id, logged=logged)

    def _write(self, *, token: str = "", run_id: str = "", logged: bool = False) -> None:
        noted = {"token": token, "run_id": run_id, "logged": logged, "identity": self.identity}
        with disk_errors(self.path.parent):
            write_json(self.path, {"address": self._place, **noted})


def _noted_run(client: Any, noted: Mapping[str, Any]) -> Any | None:
    """The run that was noted, if the store still has it; by its token if there was no more time."""
    run_id, token = noted["run_id"], noted["token"]
    query = f"attributes.run_id = '{run_id}'" if run_id else f"tags.`{TOKEN_TAG}` = '{token}'"
    places = [one.experiment_id for one in client.search_experiments()]
    return next(search_runs(client, places, query), None)


def _end_cut_off(client: Any, run: Any) -> None:
    """Ends a run that a kill left open, and those below it."""
    if run.info.status == "RUNNING":
        for one in [*_below(client, run), run]:
            if one.info.status == "RUNNING":
                client.set_terminated(one.info.run_id, "KILLED")


def clear_below(client: Any, run: Any) -> None:
    """Deletes the runs below a run and their models: they are written anew, whole."""
    place = run.info.experiment_id
    for one in _below(client, run):
        run_id = one.info.run_id
        query = f"source_run_id = '{run_id}'"
        for model in client.search_logged_models([place], filter_string=query):
            delete(client.delete_logged_model, model.model_id)
        if one.info.status == "RUNNING":
            client.set_terminated(run_id, "KILLED")
        delete(client.delete_run, run_id)


def _below(client: Any, run: Any, levels: int = 2) -> list[Any]:
    """All runs below a run, the deepest first: a kill in between leaves none that is not found."""
    if not levels:
        return []
    query = f"tags.`mlflow.parentRunId` = '{run.info.run_id}'"
    children = list(search_runs(client, [run.info.experiment_id], query))
    deeper = [one for child in children for one in _below(client, child, levels - 1)]
    return [*deeper, *children]


def search_runs(client: Any, places: list[str], query: str) -> Iterator[Any]:
    """All runs that a query of MLflow finds, page by page."""
    token = None
    while True:
        page = client.search_runs(places, query, page_token=token)
        yield from page
        token = page.token
        if not token:
            return
