from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import Array, Decimal, Field, Scalar, Struct
from lakehouse.model.masking import HASH
from tests.unit.lakehouse.project import Project, column, source
from tests.unit.tools.lake.importing.documents import FOREIGN, Json

Run = Callable[..., Any]


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A document that the lake would refuse for about everything in it."""
    path = tmp_path / "foreign.yaml"
    path.write_text(FOREIGN, encoding="utf-8")
    return path


@pytest.fixture
def adopted(run: Run, foreign: Path, project: Project) -> dict[str, Dataset]:
    """The datasets that come of it, by name."""
    result = run("import", str(foreign))
    assert result.exit_code == 0, result.output
    return {each.name: each for each in project.load().datasets}


@pytest.fixture
def order(adopted: dict[str, Dataset]) -> dict[str, Field]:
    """The columns of one of them, by name."""
    return {field.name: field for field in adopted["sales_order"].fields}


def test_each_table_becomes_a_contract_that_is_valid(adopted: dict[str, Dataset]) -> None:
    assert sorted(adopted) == ["customer", "sales_order"]
    assert {each.domain for each in adopted.values()} == {"sales_operations"}
    assert [adopted[name].key for name in sorted(adopted)] == [("customer_id",), ("order_id",)]
    assert adopted["sales_order"].documentation.members == ("ada",)
    assert adopted["sales_order"].version == "1.4.0"
    assert adopted["sales_order"].documentation.status == "draft"


def test_names_become_those_of_the_lake_with_what_the_source_calls_them(order: dict[str, Field]) -> None:
    called = {name: field.physical_name for name, field in order.items()}
    assert called == {
        "order_id": "Order ID",
        "grosse_cm": "Größe (cm)",
        "ordered_at": "ORDERED_AT",
        "customer_email": "customerEmail",
        "state": None,
        "total": None,
        "lines": None,
    }


def test_types_hold_every_value_that_the_other_system_could_hold(order: dict[str, Field]) -> None:
    line = Struct(
        (
            Field("sku_code", Scalar.STRING, False, "", physical_name="Sku Code"),
            Field("quantity", Scalar.LONG, False, ""),
        )
    )
    assert {name: field.type for name, field in order.items()} == {
        "order_id": Scalar.LONG,
        "grosse_cm": Decimal(10, 2),
        "ordered_at": Scalar.TIMESTAMPTZ,
        "customer_email": Scalar.STRING,
        "state": Scalar.STRING,
        "total": Scalar.STRING,
        "lines": Array(line),
    }


def test_what_is_personal_or_of_an_unknown_class_is_kept_back(order: dict[str, Field]) -> None:
    assert (order["customer_email"].classification, order["customer_email"].masking) == (
        "confidential",
        HASH,
    )
    assert order["state"].classification == "restricted"


def test_all_that_is_not_taken_is_told_and_all_else_is_kept(
    run_json: Run, foreign: Path, project: Project
) -> None:
    told = run_json("import", str(foreign))
    order = next(each for each in told["contracts"] if each["contract"].endswith("/sales_order.odcs.yaml"))
    assert order["open"] == []
    assert sorted(each.partition(":")[0] for each in order["not_taken"]) == [
        "customerEmail.logicalTypeOptions.minimum",
        "lines.items.properties[0].unique",
        "quality rule sql",
        "quality[1].type",
        "roles[0].role",
        "state.encryptedName",
    ]
    checks = {(each["column"], each["check"].partition(";")[0].partition(":")[0]) for each in order["checks"]}
    assert ("total", "number by its logical type, uuid by its physical one") in checks
    assert (
        "state",
        "classification 'Secret' is none of public, internal, confidential, restricted",
    ) in checks
    text = (project.root / order["contract"]).read_text(encoding="utf-8")
    contract = yaml.safe_load(text)
    assert {"property": "costCenter", "value": "4711"} in contract["customProperties"]
    assert contract["tenant"] == "example"
    assert {"property": "physicalName", "value": "SALES_ORDERS"} in contract["schema"][0]["customProperties"]
    assert contract["schema"][0]["properties"][1]["customProperties"] == [{"property": "unit", "value": "cm"}]
    assert "# not taken over: state.encryptedName" in text
    assert "# check: number by its logical type, uuid by its physical one; kept as text" in text


def test_nothing_is_written_when_it_is_a_dry_run(run: Run, foreign: Path, project: Project) -> None:
    result = run("import", str(foreign), "--dry-run")
    assert result.exit_code == 0
    assert "2 contracts would be adopted" in result.stdout
    assert not list((project.root / "contracts").iterdir())


def test_options_count_before_the_document(run: Run, foreign: Path, project: Project) -> None:
    options = ("--domain", "shop", "--owner", "web", "--format", "parquet", "--mode", "files")
    assert run("import", str(foreign), *options).exit_code == 0
    found = project.load().datasets
    assert {(each.domain, each.owner, each.ingestion and each.ingestion.format.value) for each in found} == {
        ("shop", "web", "parquet")
    }


def test_contract_of_the_lake_stays_as_it_is(run: Run, tmp_path: Path, project: Project) -> None:
    own = source(
        "shop/orders", column("amount", "number", "decimal(12, 2)"), column("at", "timestamp", "timestamptz")
    )
    own |= {"kind": "DataContract", "status": "draft", "name": "Orders"}
    (tmp_path / "own.odcs.yaml").write_text(yaml.safe_dump(own), encoding="utf-8")
    project.write(own)
    [before] = project.load().datasets
    assert run("import", str(tmp_path / "own.odcs.yaml"), "--force").exit_code == 0
    assert project.load().datasets == (before,)


DOCUMENT: Json = {
    "apiVersion": "v3.1.0", "kind": "DataContract", "id": "x", "version": "1.0.0", "domain": "shop",
    "schema": [{"name": "t", "properties": [{"name": "a", "logicalType": "string"}]}],
}  # fmt: skip


def _changed(**changes: Any) -> Json:
    return {key: value for key, value in {**DOCUMENT, **changes}.items() if value is not None}


REFUSED: dict[str, tuple[object, list[str]]] = {
    "another version": (_changed(apiVersion="v2.2.2"), ["v3.0.x, v3.1.0, v3.2.0"]),
    "no table": (_changed(schema=None), ["a list of tables"]),
    "another standard": ({"dataContractSpecification": "1.1.0"}, ["datacontract export odcs"]),
    "no domain": (_changed(domain=None), ["--domain"]),
    "no kind at all": ({"hello": 1}, ["a JSON Schema"]),
    "names missing": (
        _changed(schema=[
            {"name": "t", "properties": [{}, {"name": "b", "properties": [{"name": " "}]}]},
            {"properties": [{"name": "c"}]},
            {"name": "empty"},
        ]),
        ["t.properties[0]", "t.b.properties[0]", "a table of name None", "table empty without columns"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("document", "told"), REFUSED.values(), ids=REFUSED)
def test_document_is_refused_with_every_reason_when_no_contract_can_be_made_of_it(
    run: Run, project: Project, tmp_path: Path, document: object, told: list[str]
) -> None:
    (tmp_path / "document.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    result = run("import", str(tmp_path / "document.yaml"))
    assert result.exit_code == 1
    assert [part for part in told if part not in result.stderr] == []
    assert not list((project.root / "contracts").iterdir())


def test_nothing_is_written_when_one_of_several_is_refused(run: Run, foreign: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("id: [", encoding="utf-8")
    result = run("import", str(foreign), str(tmp_path / "broken.yaml"), str(tmp_path / "missing.yaml"))
    assert result.exit_code == 1
    assert "broken.yaml" in result.stderr
    assert "No such file" in result.stderr
    assert not list((tmp_path / "contracts").iterdir())


def test_contract_that_exists_is_kept_unless_it_is_to_be_replaced(
    run: Run, foreign: Path, project: Project
) -> None:
    assert run("import", str(foreign)).exit_code == 0
    (project.root / "contracts/sales_operations/customer.odcs.yaml").unlink()
    assert run("import", str(foreign)).exit_code == 0, "what a run that was cut short left is no obstacle"
    changed = project.root / "contracts/sales_operations/sales_order.odcs.yaml"
    changed.write_text(changed.read_text(encoding="utf-8") + "# mine", encoding="utf-8")
    again = run("import", str(foreign))
    assert again.exit_code == 1
    assert "customer.odcs.yaml" not in again.stderr
    assert "--force" in again.stderr
    assert run("import", str(foreign), "--force").exit_code == 0


def test_questions_that_nobody_can_answer_but_a_person_are_marked(
    run_json: Run, tmp_path: Path, project: Project
) -> None:
    keyed = {"name": "a", "logicalType": "number", "physicalType": "double", "primaryKey": True}
    document = _changed(schema=[{"name": "t", "properties": [keyed]}])
    (tmp_path / "document.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    [contract] = run_json("import", str(tmp_path / "document.yaml"))["contracts"]
    [question] = contract["open"]
    assert question["allowed"] == "text, integers, dates or times in a key"
    assert "# open: schema[0].properties[0].logicalType" in (project.root / contract["contract"]).read_text()
    assert question["allowed"] in project.fault()


@pytest.mark.parametrize("missing", ["id", "version", "apiVersion", "status"])
def test_one_missing_key_of_the_standard_hides_nothing(run: Run, tmp_path: Path, missing: str) -> None:
    document = _changed(**{missing: None})
    document["schema"][0]["properties"][0] |= {"colour": "red", "logicalTypeOptions": "none"}
    (tmp_path / "document.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    result = run("import", str(tmp_path / "document.yaml"))
    assert result.exit_code == 0, result.output
    assert "a.colour: got 'colour'; allowed: keys of the standard" in result.stdout
    assert "schema[0].properties[0].logicalTypeOptions: got str; allowed: a mapping" in result.stdout
