"""Templates change only when somebody looks; `pytest tests/infra/snapshot --snapshot-update` accepts."""

from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from tests.infra.comparison import without_hashes

STACKS = [
    "Foundation", "Storage", "Governance", "Ingestion", "Analytics", "Observability",
    "DomainBank", "DomainCafe", "DomainDevices", "DomainFlights", "DomainGaming", "DomainSales",
]  # fmt: skip


@pytest.fixture
def snapshot_json(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


def _normalised(template: dict[str, Any]) -> Any:
    """Without content hashes, so that a change of code shows in its own tests and not here."""
    return without_hashes(template, r"[0-9a-f]{64}")


@pytest.mark.parametrize("stack", STACKS)
def test_template_is_unchanged(
    stack: str, synthesize: Callable[..., Any], snapshot_json: SnapshotAssertion
) -> None:
    assert _normalised(synthesize("dev")[stack]) == snapshot_json


def test_every_stack_has_a_snapshot(synthesize: Callable[..., Any]) -> None:
    assert set(synthesize("dev")) == set(STACKS)
