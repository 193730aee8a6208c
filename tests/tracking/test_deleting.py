import mlflow
import pytest
from mlflow.exceptions import MlflowException

from kepler_keras.tracking.runs import delete


def test_what_is_gone_is_as_good_as_deleted_and_other_refusals_are_told(store: str) -> None:
    client = mlflow.MlflowClient(store)
    run_id = client.create_run("0").info.run_id
    for _ in range(2):
        delete(client.delete_run, run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    delete(client.delete_model_version, "absent", "1")
    with pytest.raises(MlflowException, match="Missing value"):
        delete(client.delete_model_version, "", "1")
