"""Which foreign keys are read, and what authors read of those that are refused."""

from typing import Any

import pytest

from lakehouse.model.dataset import Relationship
from tests.unit.lakehouse.project import Json, Project, column, source

LISTED = "; allowed: as many columns as refer to it, all of one dataset; fix: list them in pairs"
FORM = "; allowed: dataset.column, or domain.dataset.column; fix: name the column that it refers to"


def of_table(start: Any, to: Any) -> Json:
    contract = source("shop/orders", column("note"), column("line"))
    contract["schema"][0]["relationships"] = [{"from": start, "to": to}]
    return contract


def of_column(to: Any) -> Json:
    return source("shop/orders", column("note"), column("line", relationships=[{"to": to}]))


@pytest.mark.parametrize(
    ("start", "columns"),
    [
        ("orders.note", ("note",)),
        ("shop.orders.note", ("note",)),
        (["orders.note", "shop.orders.line"], ("note", "line")),
    ],
)
def test_relationship_of_a_table_starts_at_its_own_columns(
    project: Project, start: Any, columns: tuple[str, ...]
) -> None:
    to = "orders.order_id" if isinstance(start, str) else ["orders.order_id", "orders.line"]
    project.write(of_table(start, to))
    (relationship,) = project.load().datasets[0].relationships
    assert relationship == Relationship(columns, "shop/orders", ("order_id", "line")[: len(columns)])


@pytest.mark.parametrize(
    ("contract", "faults"),
    [
        (
            of_column("a.b.c.d"),
            ["schema[0].properties[2].relationships[0].to: got 'a.b.c.d'" + FORM],
        ),
        (
            of_table(["orders.note", "orders.line"], ["orders.note", "a.b.c.d"]),
            ["schema[0].relationships[0].to: got ['orders.note', 'a.b.c.d']" + FORM],
        ),
        (
            of_column(["orders.note", "orders.order_id"]),
            [
                "schema[0].properties[2].relationships[0].to: got ['orders.note', 'orders.order_id']"
                + LISTED,
            ],
        ),
        (
            of_table(["orders.note", "orders.line"], ["orders.note"]),
            ["schema[0].relationships[0].to: got ['orders.note']" + LISTED],
        ),
        (
            of_table(["orders.note", "orders.line"], ["orders.note", "orders.lines"]),
            [
                "relationships of note, line: got 'lines of shop/orders'; allowed: line, note, order_id; "
                "fix: did you mean 'line'?"
            ],
        ),
    ],
)
def test_relationship_is_refused_with_its_place_and_how_to_mend_it(
    project: Project, contract: Json, faults: list[str]
) -> None:
    assert [fault.partition(": ")[2] for fault in project.faults_of(contract)] == faults


def test_relationship_is_not_judged_when_its_target_cannot_be_read(project: Project) -> None:
    project.write(source("shop/lines") | {"schema": []}, "shop/lines")
    project.write(of_column("lines.order_id"))
    assert project.fault().startswith("contracts/shop/lines.odcs.yaml:")
