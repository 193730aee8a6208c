"""Where the handout is wrong or says too little, each with the case that decides.

`by_print` is what the printed words give for the case, `right` what the right formula gives; both
are computed by the functions beside this file. The tests measure each case with Keras or
scikit-learn: the measured number is the right one.

>>> brackets = SLIPS["stride brackets"]
>>> brackets.by_print, brackets.right
(28.0, 14)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from kepler_keras.handout.channels import n_parameters
from kepler_keras.handout.confusion import Confusion, precision, recall, rows_are_predictions
from kepler_keras.handout.connectivity import count_weights
from kepler_keras.handout.equivariance import invariance_error, shifted
from kepler_keras.handout.output_size import output_size
from kepler_keras.handout.padding import full_padding, half_padding, same_padding, zero_padded
from kepler_keras.handout.pooling import max_pooling


@dataclass(frozen=True)
class Slip:
    """One place of the handout that a reader should not take as it stands.

    Attributes:
        where: Section, equation or figure.
        printed: What it says, in this package's own formula.
        formula: What holds.
        case: What is computed both ways.
        by_print: The number of the printed words; None where they give none.
        right: The number that holds; NaN means undefined.
    """

    where: str
    printed: str
    formula: str
    case: str
    by_print: float | None
    right: float


def _by_figure_10() -> tuple[float, float]:
    """Recall if the rows of figure 10 are taken for truths, and recall."""
    counts = Confusion(tp=3, fp=1, fn=2, tn=4)
    row = rows_are_predictions(counts)[1]
    return float(row[1] / row.sum()), recall(counts)


def _moved_peak() -> float:
    """How much max pooling of 2 by 2 changes where a single peak moves by one place."""
    return invariance_error(lambda x: max_pooling(x, (2,), stride=2), shifted, [0, 1, 0, 0])


SLIPS: Mapping[str, Slip] = MappingProxyType(
    {
        "stride brackets": Slip(
            where="3.1, strides",
            printed="L - F/S + 1",
            formula="floor((L - F) / S) + 1",
            case="places, L = 28, F = 2, S = 2",
            by_print=28 - 2 / 2 + 1,
            right=output_size(28, 2, stride=2),
        ),
        "no floor": Slip(
            where="eq. 9",
            printed="(L - F + 2P) / S + 1",
            formula="floor((L - F + 2P) / S) + 1",
            case="places, L = 32, F = 5, S = 2",
            by_print=(32 - 5) / 2 + 1,
            right=output_size(32, 5, stride=2),
        ),
        "full padding": Slip(
            where="3.1, full padding",
            printed="a side grows to 2(F - 1)",
            formula="it grows by 2(F - 1)",
            case="padded side, L = 32, F = 5",
            by_print=2 * (5 - 1),
            right=len(zero_padded(np.ones(32), full_padding(5))),
        ),
        "even kernel": Slip(
            where="eq. 8",
            printed="P = (F - 1) / 2",
            formula="odd F; else one more after",
            case="zeros before, L = 32, F = 4",
            by_print=(4 - 1) / 2,
            right=same_padding(32, 4)[0],
        ),
        "padding with stride": Slip(
            where="eq. 8",
            printed="P = (F - 1) / 2",
            formula="S = 1; else fewer zeros",
            case="zeros before, L = 32, F = 5, S = 2",
            by_print=half_padding(5),
            right=same_padding(32, 5, stride=2)[0],
        ),
        "bias matrix": Slip(
            where="eq. 7, fig. 7",
            printed="a matrix of biases a kernel",
            formula="one bias a kernel",
            case="biases, two kernels, maps of 2 x 2",
            by_print=2 * output_size(3, 2) ** 2,
            right=n_parameters((2, 2), depth=3, n_kernels=2) - 2 * 2 * 3 * 2,
        ),
        "k x n weights": Slip(
            where="3, sparse connectivity",
            printed="k n parameters",
            formula="k n connections, k parameters",
            case="weights, n = 5, k = 3",
            by_print=count_weights(5, 5, width=3).sparse,
            right=count_weights(5, 5, width=3).shared,
        ),
        "pooling and shifts": Slip(
            where="3.1, pooling",
            printed="small shifts change nothing",
            formula="only global pooling is invariant",
            case="change, (0, 1, 0, 0) moved by 1, P = S = 2",
            by_print=0,
            right=_moved_peak(),
        ),
        "three-way split": Slip(
            where="5.1",
            printed="a three-way split is cross-validation",
            formula="folds test every star once",
            case="hosts tested of 37, by a fifth or by 5 folds",
            by_print=37 // 5,
            right=sum(len(fold) for fold in np.array_split(np.arange(37), 5)),
        ),
        "rows and columns": Slip(
            where="fig. 10",
            printed="rows are predictions",
            formula="in scikit-learn rows are truths",
            case="recall as TP over its row, TP 3, FP 1, FN 2",
            by_print=_by_figure_10()[0],
            right=_by_figure_10()[1],
        ),
        "no alarm": Slip(
            where="eq. 11",
            printed="TP / (TP + FP), always",
            formula="undefined where TP + FP = 0",
            case="precision of always no",
            by_print=None,
            right=precision(Confusion(tp=0, fp=0, fn=37, tn=5050)),
        ),
    }
)
