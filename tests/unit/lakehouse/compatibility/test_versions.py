from dataclasses import replace

import pytest

from config.faults import Fault
from lakehouse.compatibility import compare, version_faults
from lakehouse.model.dataset import Dataset, Documentation, Lake
from tests.unit.lakehouse.datasets import ORDERS, TOTALS

COMPATIBLE = {"description": "All orders."}
BACKFILL = {"order_by": ()}
BREAKING = {"key": ("status",), "part": 2, **BACKFILL}


def faults(old: Dataset, new: Dataset | None) -> list[Fault]:
    before, after = Lake((old,)), Lake((new,) if new else ())
    return version_faults(before, after, compare(before, after))


@pytest.mark.parametrize(
    ("change", "version"),
    [
        ({}, "1.4.2"),
        ({}, "1.5.0"),
        (COMPATIBLE, "1.4.2"),
        (BACKFILL, "1.5.0"),
        (BACKFILL, "1.10.0"),
        (BACKFILL, "2.0.0"),
        (BREAKING, "2.0.0"),
        (BREAKING, "10.0.0"),
    ],
)
def test_version_fits_when_it_rises_as_far_as_the_worst_change(
    change: dict[str, object], version: str
) -> None:
    old = replace(ORDERS, version="1.4.2")
    assert faults(old, replace(old, version=version, **change)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "version", "allowed", "fix"),
    [
        (BACKFILL, "1.4.3", "1.5.0 or later; backfill: order_by", "set `version: 1.5.0`, or undo the change"),
        (
            BREAKING,
            "1.5.0",
            "2.0.0 or later; breaking: key and 1 more",
            "set `version: 2.0.0`, or undo the change",
        ),
        ({}, "1.4.1", "1.4.2 or later: versions never go back", "set `version: 1.4.2`"),
        (BREAKING, "0.9.0", "2.0.0 or later: versions never go back", "set `version: 2.0.0`"),
    ],
)
def test_version_is_a_fault_when_it_says_less_than_the_changes(
    change: dict[str, object], version: str, allowed: str, fix: str
) -> None:
    old = replace(ORDERS, version="1.4.2")
    found = faults(old, replace(old, version=version, **change))  # type: ignore[arg-type]
    assert found == [Fault("contracts/shop/orders.odcs.yaml", "version", version, allowed, fix)]


def test_version_of_each_dataset_follows_its_own_changes() -> None:
    before = Lake((ORDERS, TOTALS))
    after = Lake((replace(ORDERS, part=2, version="2.0.0"), replace(TOTALS, description="All.")))
    assert version_faults(before, after, compare(before, after)) == []


@pytest.mark.parametrize(("status", "count"), [("deprecated", 0), ("retired", 0), ("active", 1), ("", 1)])
def test_dataset_may_go_only_when_its_end_was_announced(status: str, count: int) -> None:
    found = faults(replace(ORDERS, documentation=Documentation(status=status)), None)
    assert len(found) == count
    for fault in found:
        assert (fault.where, fault.path, fault.got) == (ORDERS.source, "status", status or "nothing")
