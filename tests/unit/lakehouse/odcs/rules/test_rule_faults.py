"""What is told of contracts whose parts contradict one another: all of it, where it is, what to do."""

import pytest

from tests.unit.lakehouse.project import Json, Project, column, product, source

DAY = column("day", "date", required=True)
SIZE = column("size", "integer", "int")
IN_PARTS: Json = {
    "write": "overwrite_partitions",
    "refresh": {"input": "shop/orders", "column": "day"},
    "partition": ["day"],
}
CUSTOM = "customProperties[2].value"


def rules_of(project: Project, contract: Json) -> list[str]:
    return [fault.partition(": ")[2] for fault in project.faults_of(contract)]


def test_changes_are_refused_in_a_stream(project: Project) -> None:
    contract = source(ingestion={"mode": "stream", "format": "json", "content": "changes"})
    assert (
        "customProperties[1].value.content: got 'changes'; allowed: records in mode stream: changes come as "
        "files; fix: set mode: files, or remove it"
    ) in rules_of(project, contract)


def test_every_partition_is_judged_when_the_first_has_no_column(project: Project) -> None:
    assert rules_of(project, source("shop/orders", DAY, partition=["month(att)", "hour(day)"])) == [
        f"{CUSTOM}[0]: got 'att'; allowed: day, order_id; fix: remove it, or use one of these",
        f"{CUSTOM}[1]: got 'day'; allowed: timestamp, timestamptz under hour; fix: choose another transform "
        "or column",
    ]


@pytest.mark.parametrize("before", ["day(day)", "size"])
def test_partition_is_warned_of_when_it_comes_after_others(project: Project, before: str) -> None:
    project.write(source("shop/orders", DAY, SIZE, partition=[before, "order_id"]))
    (warning,) = project.load().warnings
    assert str(warning).partition(": ")[2] == (
        f"{CUSTOM}[1]: got 'order_id: a value of its own for each record'; allowed: columns of few values, "
        "or a coarser transform; fix: use bucket(16, order_id), or none"
    )


def test_partition_is_not_warned_of_when_a_rule_counts_other_than_repeated_values(project: Project) -> None:
    size = {**SIZE, "quality": [{"metric": "nullValues", "mustBeLessThan": 5}]}
    project.write(source("shop/orders", size, partition=["size"]))
    assert project.load().warnings == ()


def totals(project: Project, select: str, *columns: Json, **lake: object) -> list[str]:
    project.write(source("shop/orders", DAY, SIZE))
    project.write(product("shop/totals", *columns, **lake), "shop/totals")
    project.text("shop/totals.sql", f"SELECT order_id, {select} FROM silver_shop.orders")  # noqa: S608
    return [fault.partition("contracts/shop/totals")[2] for fault in project.faults()]


def test_product_is_refused_when_it_is_partitioned_by_another_column_alone(project: Project) -> None:
    (fault,) = totals(project, "day, size", DAY, SIZE, **{**IN_PARTS, "partition": ["size"]})
    assert "got 'nothing of the column'; allowed: day, day(day), month(day), year(day); fix: add it" in fault


def test_product_is_refused_when_its_parts_are_of_another_type_than_its_input(project: Project) -> None:
    assert totals(project, "STRING(day) AS day", column("day", required=True), **IN_PARTS) == [
        ".odcs.yaml: customProperties.lake.refresh.column: got 'string, and date in shop/orders'; allowed: "
        "the same type in both; fix: choose another column"
    ]


def test_product_is_refused_when_its_parts_depend_on_the_day(project: Project) -> None:
    select = "day, CAST(RAND() AS INT) AS size"
    assert totals(project, select, DAY, SIZE, **IN_PARTS) == [
        ".sql: sql: got 'rand'; allowed: functions of the rows alone under lake.refresh: other parts keep "
        "their former value; fix: remove it from the SQL, or lake.write and lake.refresh from the contract"
    ]


def test_product_may_depend_on_the_day_when_it_is_made_anew_as_a_whole(project: Project) -> None:
    project.write(source("shop/orders", DAY))
    project.write(product("shop/totals", DAY), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id, CURRENT_DATE() AS day FROM silver_shop.orders")
    assert [each.id for each in project.load().datasets] == ["shop/orders", "shop/totals"]
