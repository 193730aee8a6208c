"""What a request that was asked twice made: taken away again.

Where the answer of a server is lost, because it died after its work or its database did, MLflow's
client asks again. Writing a measure, a tag or a file twice changes nothing; a run, a model or a
version is made twice, and of the first nobody ever hears.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from kepler_keras.tracking.resume import TOKEN_TAG, search_runs
from kepler_keras.tracking.runs import delete


def remove_doubled_runs(client: Any, run_id: str, parents: Iterable[str]) -> None:
    """Deletes the runs below a comparison that nobody ends, and those that bear its token.

    Args:
        client: Of the store.
        run_id: Of the comparison's run.
        parents: It and its entries' runs. Everything below them has been ended, but for the runs
            that were made unnoticed.
    """
    run = client.get_run(run_id)
    place = [run.info.experiment_id]
    queries = [f"tags.`mlflow.parentRunId` = '{one}'" for one in parents]
    if token := run.data.tags.get(TOKEN_TAG):
        queries.append(f"tags.`{TOKEN_TAG}` = '{token}'")
    for query in queries:
        for one in search_runs(client, place, f"{query} and attributes.status = 'RUNNING'"):
            if one.info.run_id != run_id:
                client.set_terminated(one.info.run_id, "KILLED")
                delete(client.delete_run, one.info.run_id)


def remove_doubled_models(client: Any, experiment_id: str, models: Mapping[str, str]) -> None:
    """Deletes models that were made unnoticed.

    Args:
        client: Of the store.
        experiment_id: Where the runs stand.
        models: By run, the id of the one model that it has.
    """
    for run_id, model_id in models.items():
        query = f"source_run_id = '{run_id}'"
        for model in client.search_logged_models([experiment_id], filter_string=query):
            if model.model_id != model_id:
                delete(client.delete_logged_model, model.model_id)


def versions_of(client: Any, name: str, run_id: str) -> set[int]:
    """The versions of a registered model that came out of a run."""
    found: set[int] = set()
    token = None
    while True:
        page = client.search_model_versions(f"run_id = '{run_id}'", page_token=token)
        found |= {int(one.version) for one in page if one.name == name}
        token = page.token
        if not token:
            return found
