"""Puts a record and its results into the one page of the report."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import yaml
from jinja2 import Environment
from markupsafe import Markup

from kepler_keras.evaluation.canaries import ALARM
from kepler_keras.evaluation.displays import MOST_BANDS
from kepler_keras.evaluation.null import average_precision_null, null_of_counts
from kepler_keras.record import LeftOut, PartSummary, Record
from kepler_keras.reporting import wording
from kepler_keras.reporting.calibration_section import calibration_section
from kepler_keras.reporting.cards_section import cards_section
from kepler_keras.reporting.check_results import silent_checks
from kepler_keras.reporting.comparison_results import ComparisonResult
from kepler_keras.reporting.costs_section import costs_section
from kepler_keras.reporting.diagnosis_section import diagnosis_section
from kepler_keras.reporting.entries import taking_part
from kepler_keras.reporting.figures import RankingCurves, draw_figures, ranking_curves
from kepler_keras.reporting.gallery import gallery
from kepler_keras.reporting.glossary import glossary
from kepler_keras.reporting.mistakes_section import mistakes_section
from kepler_keras.reporting.page_script import page_script
from kepler_keras.reporting.power_section import power_section
from kepler_keras.reporting.remedy_results import ablations
from kepler_keras.reporting.remedy_section import remedy_groups
from kepler_keras.reporting.remedy_wording import stars
from kepler_keras.reporting.results import Results, tested_stars
from kepler_keras.reporting.seeds_section import seeds_section
from kepler_keras.reporting.settings import (
    ablation_settings,
    data_option_pairs,
    differing_settings,
)
from kepler_keras.reporting.strata_section import strata_section
from kepler_keras.reporting.templating import template_environment
from kepler_keras.reporting.threshold_explorer import threshold_explorer
from kepler_keras.reporting.threshold_section import threshold_section
from kepler_keras.reporting.tuning_section import tuning_section
from kepler_keras.visible import visible

CHANCE_DRAWS = 500
PART_ORDER = ("train", "validation", "test")


def page(record: Record, results: Results, curves: RankingCurves | None = None) -> str:
    """The report as one HTML text that needs no other file.

    Args:
        record: The comparison.
        results: Of this record.
        curves: Of the record's entries that take part, where they are at hand.
    """
    settings = record.experiment.model_dump(mode="json")  # of all entries, as they were asked for
    record = taking_part(record)
    experiment = record.experiment
    baseline = experiment.baseline
    against = ablations(experiment)
    competing = [c for c in results.comparisons if c.a not in against]
    against_baseline = [c for c in competing if baseline in (c.a, c.b)]
    competitors = [entry for entry in results.entries if entry.name not in against]
    planets, others = gallery(record.data.gallery, folded=record.data.cadence is None)
    text = page_environment().get_template("report.html.j2").render(
        record=record,
        results=results,
        metric_names=wording.METRIC_NAMES,
        chance=_chance(record),
        margin=experiment.protocol.margin,
        protocol_sentence=wording.protocol_sentence(experiment),
        verdict_rule=wording.verdict_rule(experiment.protocol.margin),
        verdict_families=wording.verdict_families(
            Counter(c.family for c in competing)
        ),
        power=power_section(results),
        thresholds=threshold_section(record),
        explorer=_best_first(threshold_explorer(record), results),
        script=page_script(),
        glossary=glossary(key for entry in results.entries for key in entry.metrics),
        mistakes=mistakes_section(record, results),
        strata=strata_section(results, [entry.name for entry in competitors]),
        # Where every entry is named after its model, a column would say it twice.
        show_models=any(entry.name != entry.model for entry in results.entries),
        parts=_parts(record.parts),
        part_names=_part_names(record.parts),
        planets=planets,
        others=others,
        competitors=competitors,
        ablations=[entry for entry in results.entries if entry.name in against],
        competing=competing,
        against_baseline=against_baseline,
        other_pairs=[c for c in competing if c not in against_baseline],
        ablation_pairs=_ablation_pairs(results),
        n_tested=tested_stars(record),
        remedy_groups=remedy_groups(record, results),
        left_out=_left_out(results),
        ensembles=[entry.name for entry in experiment.entries if entry.ensemble],
        decision=[entry.name for entry in results.entries if entry.score_kind == "decision"],
        costs=costs_section(competitors, metric=results.primary_metric),
        seeds=seeds_section(record, results),
        cards=cards_section(record.cards, record.pictures),
        tunings=tuning_section(record, results),
        loud=[one for one in results.findings if one.level != "note"],
        silent=silent_checks(results.findings),
        canary_alarm=ALARM,
        found_codes=sorted({one.code for one in results.findings}),
        diagnosis=diagnosis_section(record, results),
        calibration=calibration_section(record, results),
        data_option_pairs=data_option_pairs(experiment.entries, results),
        differing=differing_settings([entry for entry in experiment.entries if not entry.against]),
        ablation_settings=ablation_settings(experiment.entries),
        most_bands=MOST_BANDS,
        figures=draw_figures(
            record, results, against_baseline, curves or ranking_curves(record)
        ),
        experiment_yaml=_yaml(settings),
    )  # fmt: skip
    return visible(text)


def _best_first(explorers: list[dict[str, Any]], results: Results) -> list[dict[str, Any]]:
    """The entry that most readers look for is the first of the list."""
    means = {one.name: one.metrics[results.primary_metric].mean for one in results.entries}
    return sorted(explorers, key=lambda one: -(means[one["entry"]] or 0.0))


def _left_out(results: Results) -> dict[str, list[LeftOut]]:
    """The entries that were left out: those that the data do not allow, and those that broke."""
    groups = {
        "Not possible with these data": [one for one in results.left_out if not one.failed],
        "Broken while built or fitted": [one for one in results.left_out if one.failed],
    }
    return {title: group for title, group in groups.items() if group}


def _ablation_pairs(results: Results) -> list[ComparisonResult]:
    """Comparisons of ablations that the section on remedies does not hold.

    It judges the same pairs over folds by average precision, all together: to show these beside it
    would give one question two answers.
    """
    if results.protocol.folds > 1 and results.primary_metric == "average_precision":
        return []
    pairs = {(effect.entry, effect.against) for effect in results.remedies}
    return [c for c in results.comparisons if (c.a, c.b) in pairs]


def page_environment() -> Environment:
    """What every page of this package is rendered with."""
    environment = template_environment(autoescape=True)
    for name in (
        "decimal",
        "interval",
        "count",
        "rate",
        "p_value",
        "percent",
        "seconds",
        "share",
        "breakable",
    ):
        environment.filters[name] = getattr(wording, name)
    environment.filters["stars"] = stars
    environment.filters["contents"] = contents
    environment.filters["capitalize_first"] = wording.capitalize_first
    return environment


def contents(sections: str) -> list[tuple[str, Markup]]:
    """Id and heading of each section of the page, both as they stand in its text."""
    found = re.findall(r'<section id="([^"]+)">\s*<h2>(.*?)</h2>', sections)
    return [(id_, Markup(heading)) for id_, heading in found]


def _chance(record: Record) -> tuple[float, float, float]:
    """Mean and central 95 % of the average precision of random ranking in the same folds."""
    table = record.predictions
    test = table[(table["entry"] == record.experiment.baseline) & (table["split"] == "test")]
    labels = [part["label"].to_numpy() for _, part in test.groupby(["repeat", "fold"])]
    prevalence = record.experiment.protocol.prevalence
    if prevalence is None:
        counts = [(len(part), int(part.sum())) for part in labels]
        null = null_of_counts(counts, draws=CHANCE_DRAWS)
    else:
        null = average_precision_null(labels, prevalence=prevalence, draws=CHANCE_DRAWS)
    low, high = np.percentile(null, [2.5, 97.5])
    return float(null.mean()), float(low), float(high)


def _parts(parts: Sequence[PartSummary]) -> dict[tuple[int, int], dict[str, PartSummary]]:
    rows: dict[tuple[int, int], dict[str, PartSummary]] = {}
    for part in sorted(parts, key=lambda part: (part.repeat, part.fold)):
        rows.setdefault((part.repeat, part.fold), {})[part.part] = part
    return rows


def _part_names(parts: Sequence[PartSummary]) -> list[str]:
    names = {part.part for part in parts}
    known = [name for name in PART_ORDER if name in names]
    return known + sorted(names - set(PART_ORDER))


def _yaml(document: dict[str, Any]) -> str:
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=88)
