"""prototype"""
import numpy as np
from kepler_keras.evaluation.summary import measures
from kepler_keras.evaluation.tallies import Imagined
LOSSES = ("mean_score", "calibration_error", "log_loss", "brier", "candidates_per_planet")
TAIL = 2.5

def rows_of_a_star(stars):
    n = np.unique(stars, return_counts=True)[1]
    return float((n**2).sum() / n.sum()) if len(n) else 1.0

def ends(folds, weights, rng, other="split", pl=1.0, ot=1.0):
    k = len({i for i in range(len(folds))}) // len({f.repeat for f in folds})
    draws = len(weights.weights)
    w1 = rng.gamma(pl / k, size=(k, draws))
    w0 = rng.gamma(ot / k if other == "split" else ot, size=(k, draws))
    raw = [f.tallies(weights) for f in folds]
    plain = measures(folds, raw)
    out = {}
    for best in (False, True):
        t = [r.with_stars(Imagined(w1[i % k] * rows_of_a_star(f.stars[f.labels == 1]), w0[i % k] * rows_of_a_star(f.stars[f.labels != 1]), best)) for i, (r, f) in enumerate(zip(raw, folds))]
        out[best] = measures(folds, t)
        if raw[0].sums:
            out[best]["excess"] = np.mean([x.at_prevalence(f.prevalence).excess() for x, f in zip(t, folds)], axis=0)
    res = {}
    with np.errstate(all="ignore"):
        for key in plain:
            lowside, highside = (True, False) if key in LOSSES else (False, True)
            if key == "calibration_error":
                lo, hi = np.percentile(out[True]["excess"], TAIL), np.percentile(out[False]["excess"], 100 - TAIL)
                res[key] = max(0.0, lo, -hi), np.percentile(out[False][key], 100 - TAIL)
            else:
                res[key] = np.percentile(out[lowside][key], TAIL), np.percentile(out[highside][key], 100 - TAIL)
    old = {key: tuple(np.nanpercentile(plain[key], [TAIL, 100 - TAIL])) for key in plain}
    return res, old
