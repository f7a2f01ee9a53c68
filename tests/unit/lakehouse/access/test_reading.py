"""What personas read of a table, by rules of the policy and by words of its contract."""

from dataclasses import replace

import pytest

from lakehouse.access.reading import Reading, readings
from lakehouse.model.access import AccessPolicy, Persona, Reader, ReadRule
from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import CLASSIFICATIONS
from tests.unit.lakehouse.datasets import ORDERS, TOTALS

ALL = ("order_id", "address", "tags", "email", "status", "at", "_source_object", "_record_hash")
PUBLIC = ("order_id",)
INTERNAL = ("order_id", "address", "tags", "status", "at")


def policy(*rules: ReadRule) -> AccessPolicy:
    return AccessPolicy(personas={"clerk": Persona(purpose="Reads.", reads=rules)})


def rule(layer: str, *classifications: str, **more: object) -> ReadRule:
    return ReadRule.model_validate({"layers": (layer,), "classifications": classifications, **more})


EVERYTHING = rule("silver", *CLASSIFICATIONS)


def read(dataset: Dataset, *rules: ReadRule) -> Reading:
    return readings(dataset, policy(*rules))["clerk"]


@pytest.mark.parametrize(
    ("rules", "columns"),
    [
        ((), ()),
        ((rule("gold", *CLASSIFICATIONS),), ()),
        ((rule("silver", "public"),), PUBLIC),
        ((rule("silver", "public", "internal"),), INTERNAL),
        ((rule("silver", "public"), rule("silver", "internal")), INTERNAL),
        ((EVERYTHING,), ALL),
        ((rule("silver", *CLASSIFICATIONS, domains=("shop",)),), ALL),
        ((rule("silver", *CLASSIFICATIONS, domains=("ledger",)),), ()),
        ((rule("silver", *CLASSIFICATIONS, domains=("ledger",)), rule("silver", "public")), PUBLIC),
    ],
)
def test_columns_are_those_that_one_rule_allows(
    rules: tuple[ReadRule, ...], columns: tuple[str, ...]
) -> None:
    assert read(ORDERS, *rules) == Reading(columns)


@pytest.mark.parametrize(
    ("reader", "rules", "reading"),
    [
        (Reader("clerk"), [EVERYTHING], Reading(ALL)),
        (Reader("clerk", rows="status = 'new'"), [EVERYTHING], Reading(ALL, "status = 'new'")),
        (Reader("clerk", ("status", "order_id")), [EVERYTHING], Reading(("order_id", "status"))),
        (Reader("clerk", ("email",), "order_id > 1"), [], Reading(("email",), "order_id > 1")),
        (Reader("clerk", ()), [EVERYTHING], Reading(())),
        (Reader("clerk", rows="order_id > 1"), [], Reading(())),
        (Reader("analyst", ("status",)), [EVERYTHING], Reading(ALL)),
    ],
)
def test_contract_says_more_of_its_own_table(reader: Reader, rules: list[ReadRule], reading: Reading) -> None:
    assert read(replace(ORDERS, readers=(reader,)), *rules) == reading


def test_product_is_read_by_the_rules_of_its_layer() -> None:
    assert read(TOTALS, rule("gold", "internal")).columns == tuple(field.name for field in TOTALS.fields)
    assert read(TOTALS, EVERYTHING).columns == ()
