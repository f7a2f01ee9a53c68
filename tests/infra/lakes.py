"""Lakes as code, of shapes that the project's own contracts do not have."""

from dataclasses import replace

from lakehouse.access.load import load_access
from lakehouse.model.dataset import Dataset, Format, Ingestion, Lake, Layer, Mode
from lakehouse.model.fields import Checks, Field, Scalar
from lakehouse.model.service import ServiceLevel
from lakehouse.model.table_rules import Metric, Operator, Severity, TableRule, Threshold
from lakehouse.placement.parts import SOURCES_MAX
from tests.fixtures.environments import FIXTURE
from tests.unit.lakehouse.datasets import ORDERS, TOTALS

POLICY = load_access(FIXTURE)

FILES = Ingestion(Mode.FILES, Format.CSV)

RULES = tuple(
    TableRule(
        f"rule_{number}",
        "Orders come.",
        Metric.SQL,
        Threshold(Operator.MUST_BE_BETWEEN, (1, 2)),
        severity=Severity.WARNING,
        query="SELECT count(*) FROM ${object} WHERE status = 'new' -- \"quoted\"",
    )
    for number in range(20)
)


def _wide(index: int) -> Field:
    checks = Checks(allowed=("new", 'd"ne'), pattern='^[a-z"]+$', min_length=1, max_length=40)
    return Field(f"wide_{index}", Scalar.STRING, False, 'Größe in "m", as sent.', checks=checks)


WIDE = replace(
    ORDERS, name="wide", fields=(*ORDERS.fields, *(_wide(index) for index in range(150))), rules=RULES
)


def in_two_parts() -> Lake:
    """A domain in two parts, with names that differ by underscores, and by what constructs are called."""
    names = ("a1", "a_1", "pipeline", "pipeline_source", "catalog")
    first = [replace(ORDERS, name=name) for name in names]
    second = [
        replace(WIDE, part=2),
        replace(WIDE, name="wide_files", ingestion=FILES, part=2),
        replace(TOTALS, part=2, inputs=("shop/a1",), service=ServiceLevel(freshness_hours=168)),
    ]
    return Lake((*first, *second), POLICY)


def only(layer: Layer) -> Lake:
    """A domain with products or sources alone; products read another domain's."""
    if layer is Layer.SILVER:
        return Lake((ORDERS,), POLICY)
    return Lake((ORDERS, replace(TOTALS, domain="reports")), POLICY)


def with_many_sources(prefix: str) -> Lake:
    """A domain whose products read as much as they may, under names as long as they come."""
    inputs: list[Dataset] = [
        replace(ORDERS, domain=f"{prefix}{index:02}", ingestion=FILES) for index in range(SOURCES_MAX)
    ]
    own = replace(ORDERS, domain=f"{prefix}xx")
    product = replace(TOTALS, domain=own.domain, inputs=(own.id, *(dataset.id for dataset in inputs)))
    return Lake((*inputs, own, product), POLICY)
