"""Checks the quality rules that are written in SQL."""

from collections.abc import Iterable

from config.faults import Fault
from lakehouse.model.dataset import Dataset
from lakehouse.model.table_rules import Metric
from lakehouse.targets.iceberg import columns


def check_queries(datasets: Iterable[Dataset]) -> list[Fault]:
    """Find rules whose query cannot be measured on the dataset's own table."""
    ruled = [(dataset, rule) for dataset in datasets for rule in dataset.rules if rule.metric is Metric.SQL]
    if not ruled:
        return []
    from lakehouse.sql.rules import check_rule_query  # noqa: PLC0415 (the parser is slow to import)

    return [
        Fault(dataset.source, f"quality rule {rule.name}", problem.got, problem.allowed, problem.fix)
        for dataset, rule in ruled
        for problem in check_rule_query(rule, {field.name: field.type for field in columns(dataset)})
    ]
