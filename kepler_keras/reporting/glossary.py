"""What each measure means, for readers who meet it for the first time."""

from collections.abc import Iterable

from kepler_keras.evaluation.counted import BETA
from kepler_keras.evaluation.measures import METRICS
from kepler_keras.evaluation.probabilistic import GROUPS
from kepler_keras.evaluation.ranking import INSPECTED, LARGEST_FALLOUT
from kepler_keras.reporting.wording import METRIC_NAMES

MEANINGS = {
    "average_precision": "The mean precision met while going down the ranking from one planet to "
    "the next. It needs no threshold, and suits rare planets.",
    "roc_auc": "The chance that a planet is ranked above another star. 0.5 is chance. With rare "
    "planets it looks good early.",
    "partial_auc": "The area under the ROC curve where at most "
    f"{LARGEST_FALLOUT:g} of the other stars are called planets, on a scale on which 0.5 is chance "
    "and 1 is perfect.",
    "recall_at_precision": "The largest share of the planets that any threshold finds while nine "
    "of ten calls are right. The threshold is the best for these test rows; nobody knows it "
    "beforehand.",
    "recall_at_high_precision": "The same, while 99 of 100 calls are right.",
    "precision_at_recall": "The best precision of any threshold that finds nine of ten planets.",
    "precision_at_k": f"The share of planets among the {INSPECTED} curves of each fold that are "
    "ranked first: what someone sees who looks at those alone.",
    "mean_score": "The mean of all scores. It is the share of planets, if scores are shares.",
    "calibration_error": f"How far scores lie from the share of planets, averaged over {GROUPS} "
    "groups of rows by score. 0 is best.",
    "log_loss": "The mean of −log of the probability given to what was true. It punishes sure and "
    "wrong scores hardest. 0 is best.",
    "brier": "The mean square of the distance between score and truth (0 or 1). 0 is best; where "
    "planets are rare, a score of 0 for everything is already near it.",
    "precision": "Of the curves called planets, the share that are planets. Undefined when nothing "
    "was called a planet.",
    "recall": "Of the planets, the share that were called planets.",
    "specificity": "Of the other stars, the share that were not called planets. With rare planets "
    "0.99 may still mean more false alarms than planets.",
    "f1": "The harmonic mean of precision and recall: high only when both are.",
    "f_beta": f"As F1, with recall counting {BETA:g} times as much as precision.",
    "balanced_accuracy": "The mean of recall and specificity. 0.5 is chance.",
    "matthews": "The correlation between call and truth, from −1 to 1. 0 is chance, or calling "
    "everything alike.",
    "candidates_per_planet": "How many curves that were called planets someone has to look at for "
    "each planet among them: 1 over precision. 1 is best.",
    "accuracy": "The share of all calls that are right. Where planets are rare, calling nothing a "
    "planet is right nearly always, so it says little.",
}


def glossary(measures: Iterable[str]) -> dict[str, str]:
    """Meanings by the measures' names, in the order of the report's tables."""
    asked = set(measures)
    return {METRIC_NAMES[key]: MEANINGS[key] for key in METRICS if key in asked}
