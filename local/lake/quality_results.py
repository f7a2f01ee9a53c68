"""How the quality rules of the contracts turned out, read from the tables that jobs record it in."""

from dataclasses import dataclass
from typing import Any

from lakehouse.targets.iceberg import RESULTS_TABLE
from local.lake.lake import LocalLake
from local.lake.tables import read_table


@dataclass(frozen=True)
class Rule:
    """The newest result of one quality rule."""

    name: str
    scope: str
    severity: str
    outcome: str
    value: float | None
    threshold: str


@dataclass(frozen=True)
class Quality:
    """How the quality rules of one dataset turned out."""

    name: str
    passed: int
    quarantined: int
    """Rules about single records that some records broke, which are in quarantine now."""
    failed: int
    broken: list[Rule]
    """The failed ones."""


def read_quality(lake: LocalLake) -> list[Quality]:
    """The newest results of all quality rules, by dataset."""
    by_dataset: dict[str, list[Rule]] = {}
    newest = _newest(lake)
    for dataset, name in sorted(newest):
        by_dataset.setdefault(dataset, []).append(newest[dataset, name])
    return [_quality(name, rules) for name, rules in by_dataset.items()]


def _newest(lake: LocalLake) -> dict[tuple[str, str], Rule]:
    """The newest result of each rule, by dataset and name."""
    newest: dict[tuple[str, str], Rule] = {}
    for domain, layer in sorted({(dataset.domain, dataset.layer) for dataset in lake.lake.datasets}):
        results = read_table(lake.aws, lake.naming.database(layer, domain), RESULTS_TABLE)
        for result in results.sort_by("measured_at").to_pylist():
            newest[result["dataset"], result["rule"]] = _rule(result)
    return newest


def _rule(row: dict[str, Any]) -> Rule:
    return Rule(row["rule"], row["scope"], row["severity"], row["outcome"], row["value"], row["threshold"])


def _quality(name: str, rules: list[Rule]) -> Quality:
    outcomes = [rule.outcome for rule in rules]
    broken = [rule for rule in rules if rule.outcome == "failed"]
    return Quality(name, outcomes.count("passed"), outcomes.count("quarantined"), len(broken), broken)
