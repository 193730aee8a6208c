"""Scalars that give the label away."""

import numpy as np
import pytest

from kepler_keras.data.label_like import check_scalar_names, check_scalar_values
from kepler_keras.errors import InputError

LEAKS = ("koi_score", "koi_fpflag_nt", "koi_pdisposition", "av_training_set", "av_pred_class",
         "Disposition", "label", "kepid", "tic_id", "toi_id", "row_id", "rowid", "id", "loc_rowid",
         "koi_comment", "koi_vet_stat", "kepoi_name", "ground_truth")  # fmt: skip
MEASURED = ("koi_steff", "koi_slogg", "koi_srad", "koi_kepmag", "tce_depth", "tce_model_snr", "SN",
            "Transit_Depth", "Sectors", "camera", "width", "tmag", "velocity")  # fmt: skip


@pytest.mark.parametrize("name", LEAKS)
def test_labels_verdicts_and_ids_are_refused(name):
    with pytest.raises(InputError, match=f"^here: '{name}' is a label, a verdict or an id"):
        check_scalar_names(["SN", name], place="here")


@pytest.mark.parametrize("name", MEASURED)
def test_measured_quantities_pass(name):
    check_scalar_names([name], place="here")


def test_a_name_that_comes_twice():
    with pytest.raises(InputError, match="here: 'SN' is named 2 times"):
        check_scalar_names(["SN", "SN"], place="here")


LABELS = (np.arange(120) % 4 == 0).astype(np.int8)


def check(column, labels=LABELS):
    values = np.stack([np.arange(len(labels)), column], axis=1).astype(np.float32)
    check_scalar_values(("period", "code"), values, labels, place="here")


@pytest.mark.parametrize(
    "column", [LABELS, 1 - LABELS, np.arange(120) % 4, np.where(LABELS, np.nan, 1.0)]
)
def test_codes_that_stand_for_one_class_each_are_refused(column):
    with pytest.raises(InputError, match=r"here: 'code' has [24] values, and each stands for one"):
        check(column)


@pytest.mark.parametrize("column", [np.arange(120) % 3, np.zeros(120), np.arange(120) / 7])
def test_columns_that_do_not_tell_pass(column):
    check(column)


def test_one_exception_is_enough_to_pass():
    column = LABELS.copy()
    column[5] = 1
    check(column)


def test_a_few_rows_prove_nothing():
    check(LABELS[:99], LABELS[:99])
