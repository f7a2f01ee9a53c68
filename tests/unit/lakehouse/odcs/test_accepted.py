"""What a contract may say, up to its limits, and what the model then holds."""

from typing import Any

import pytest

from lakehouse.model.access import Reader
from lakehouse.model.dataset import Dataset, Documentation, PartitionField, Relationship
from lakehouse.model.engine import Engine
from lakehouse.model.fields import Checks, Scalar
from lakehouse.model.service import ServiceLevel, Volume
from lakehouse.model.table_rules import Severity
from tests.unit.lakehouse.project import Json, Project, column, source

INTEGER = {"logicalType": "integer", "physicalType": "int"}
LONG = {"logicalType": "integer", "physicalType": "long"}
ZONED = {"logicalType": "timestamp", "physicalType": "timestamptz"}
LOCAL = {"logicalType": "timestamp", "physicalType": "timestamp"}


def loaded(project: Project, contract: Json) -> Dataset:
    project.write(contract)
    (dataset,) = project.load().datasets
    return dataset


def invalid(**arguments: object) -> Json:
    return {"metric": "invalidValues", "mustBe": 0, "arguments": arguments}


@pytest.mark.parametrize(
    ("keys", "checks"),
    [
        ({"logicalTypeOptions": {"minLength": 2, "maxLength": 2}}, Checks(min_length=2, max_length=2)),
        ({**INTEGER, "logicalTypeOptions": {"minimum": 2, "maximum": 2}}, Checks(minimum=2, maximum=2)),
        (
            {**ZONED, "logicalTypeOptions": {"minimum": "2026-01-31T09:30:00Z", "timezone": True}},
            Checks(minimum="2026-01-31T09:30:00Z"),
        ),
        (
            {**LOCAL, "logicalTypeOptions": {"exclusiveMaximum": "2026-01-31T09:30:00", "timezone": False}},
            Checks(exclusive_maximum="2026-01-31T09:30:00"),
        ),
        ({"quality": [invalid(validValues=["a"], pattern="a")]}, Checks(allowed=("a",), pattern="a")),
    ],
)
def test_column_has_the_checks_that_its_contract_names(project: Project, keys: Json, checks: Checks) -> None:
    assert loaded(project, source("shop/orders", column("note", **keys))).fields[1].checks == checks


def test_rule_rejects_no_record_when_it_only_warns(project: Project) -> None:
    warning = {**invalid(validValues=["a"]), "severity": "warning"}
    dataset = loaded(project, source("shop/orders", column("note", quality=[warning])))
    assert dataset.fields[1].checks == Checks()
    assert [(rule.texts, rule.severity) for rule in dataset.rules] == [(("a",), Severity.WARNING)]


@pytest.mark.parametrize(
    ("quality", "fault"),
    [
        ({"metric": "invalidValues", "mustBe": 0}, "arguments: got {}; allowed: validValues, pattern"),
        (invalid(validValues="abc"), "got 'abc'; allowed: a list of texts"),
        (invalid(validValues=["a", 1]), "got ['a', 1]; allowed: a list of texts"),
        (invalid(pattern=5), "got 5; allowed: a regular expression"),
    ],
)
def test_rule_about_values_is_refused_when_it_names_none(project: Project, quality: Json, fault: str) -> None:
    assert fault in project.fault_of(source("shop/orders", column("note", quality=[quality])))


def test_pattern_is_refused_when_the_column_holds_no_text(project: Project) -> None:
    contract = source("shop/orders", column("note", **INTEGER, quality=[invalid(pattern="1")]))
    assert "got 'pattern'; allowed: minimum and maximum, or a string column" in project.fault_of(contract)


@pytest.mark.parametrize(
    ("keys", "formats"),
    [
        (INTEGER, ("i8", "i16", "i32", "u8", "u16")),
        (LONG, ("i8", "i16", "i32", "i64", "u8", "u16", "u32")),
        ({"logicalType": "number", "physicalType": "float"}, ("f32",)),
        ({"logicalType": "number", "physicalType": "double"}, ("f32", "f64")),
    ],
)
def test_type_holds_these_formats_without_loss_and_no_other(
    project: Project, keys: Json, formats: tuple[str, ...]
) -> None:
    for name in ("i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64"):
        if name.startswith("f") != (keys["logicalType"] == "number"):
            continue
        contract = source("shop/orders", column("note", **keys, logicalTypeOptions={"format": name}))
        if name in formats:
            assert loaded(project, contract).fields[1].name == "note"
        else:
            assert f"allowed: {', '.join(sorted(formats))}; fix: choose a" in project.fault_of(contract)


@pytest.mark.parametrize("kind", ["decimal(38,38)", "decimal(38, 0)", "decimal(1,1)", "decimal(1,0)"])
def test_decimal_is_stored_when_it_has_at_most_38_digits(project: Project, kind: str) -> None:
    number = loaded(project, source("shop/orders", column("note", "number", kind))).fields[1].type
    assert str(kind).replace(" ", "") == f"decimal({number.precision},{number.scale})"  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["x", "x" * 255, "ü" * 127])
def test_description_of_a_column_is_kept_when_it_has_at_most_255_bytes(project: Project, text: str) -> None:
    dataset = loaded(project, source("shop/orders", column("note") | {"description": text}))
    assert dataset.fields[1].description == text


@pytest.mark.parametrize("text", ["x", "x" * 2048])
def test_purpose_is_kept_when_it_has_at_most_2048_characters(project: Project, text: str) -> None:
    assert loaded(project, source() | {"description": {"purpose": text}}).description == text


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        *[
            (("latency", 60, unit), ServiceLevel(freshness_hours=1))
            for unit in ("m", "min", "minute", "minutes")
        ],
        *[(("latency", 3, unit), ServiceLevel(freshness_hours=3)) for unit in ("h", "hr", "hour", "hours")],
        *[(("latency", 2, unit), ServiceLevel(freshness_hours=48)) for unit in ("d", "day", "days")],
        *[
            (("retention", 2, unit), ServiceLevel(retention_days=730))
            for unit in ("y", "yr", "year", "years")
        ],
        (("retention", 48, "h"), ServiceLevel(retention_days=2)),
        (("frequency", 30, "m"), ServiceLevel(frequency_hours=0.5)),
        (("generalAvailability", 9, "none"), ServiceLevel()),
    ],
)
def test_service_level_is_read_in_the_unit_that_aws_counts_in(
    project: Project, level: tuple[str, int, str], expected: ServiceLevel
) -> None:
    name, value, unit = level
    contract = source() | {"slaProperties": [{"property": name, "value": value, "unit": unit}]}
    assert loaded(project, contract).service == expected


@pytest.mark.parametrize("element", ["at", "orders.at"])
def test_column_that_tells_when_events_happened_is_read_with_or_without_its_table(
    project: Project, element: str
) -> None:
    level = {"property": "latency", "value": 2, "unit": "h", "element": element}
    contract = source("shop/orders", column("at", "timestamp", "timestamptz")) | {"slaProperties": [level]}
    assert loaded(project, contract).service == ServiceLevel(freshness_hours=2, event_time="at")


def test_column_that_tells_when_events_happened_is_that_of_the_latency_alone(project: Project) -> None:
    retention = {"property": "retention", "value": 9, "unit": "d", "element": "day"}
    latency = {"property": "latency", "value": 2, "unit": "h", "element": "at"}
    contract = source("shop/orders", column("at", "timestamp", "timestamptz"), column("day", "date"))
    service = loaded(project, contract | {"slaProperties": [retention, latency]}).service
    assert service == ServiceLevel(freshness_hours=2, retention_days=9, event_time="at")


def test_key_and_partition_come_in_the_order_of_their_positions(project: Project) -> None:
    contract = source("shop/orders")
    contract["schema"][0]["properties"] = [
        column("a", required=True, primaryKey=True, primaryKeyPosition=2),
        column("b", required=True, primaryKey=True, primaryKeyPosition=1),
        column("c", partitioned=True, partitionKeyPosition=2),
        column("d", partitioned=True, partitionKeyPosition=1),
    ]
    dataset = loaded(project, contract)
    assert dataset.key == ("b", "a")
    assert dataset.partition == (PartitionField("d", "identity"), PartitionField("c", "identity"))


PARTITIONS = {
    "identity": {"boolean", "date", "decimal", "int", "long", "string", "timestamp", "timestamptz"},
    "year": {"date", "timestamp", "timestamptz"},
    "month": {"date", "timestamp", "timestamptz"},
    "day": {"date", "timestamp", "timestamptz"},
    "hour": {"timestamp", "timestamptz"},
    "bucket": {"date", "decimal", "int", "long", "string", "timestamp", "timestamptz"},
    "truncate": {"decimal", "int", "long", "string"},
}
KINDS: dict[str, Json] = {
    "string": {"logicalType": "string"},
    "binary": {"logicalType": "string", "physicalType": "binary"},
    "boolean": {"logicalType": "boolean"},
    "date": {"logicalType": "date"},
    "timestamp": LOCAL,
    "timestamptz": ZONED,
    "int": INTEGER,
    "long": LONG,
    "float": {"logicalType": "number", "physicalType": "float"},
    "double": {"logicalType": "number", "physicalType": "double"},
    "decimal": {"logicalType": "number", "physicalType": "decimal(9,2)"},
}


@pytest.mark.parametrize("transform", PARTITIONS)
def test_partition_takes_the_types_that_iceberg_takes(project: Project, transform: str) -> None:
    written = {"identity": "c", "bucket": "bucket(4, c)", "truncate": "truncate(4, c)"}
    entry = written.get(transform, f"{transform}(c)")
    for name, keys in KINDS.items():
        contract = source("shop/orders", column("c", **keys), partition=[entry])
        if name in PARTITIONS[transform]:
            assert loaded(project, contract).partition[0].source == "c"
        else:
            assert f" under {transform}; fix: choose another transform" in project.fault_of(contract)


def test_order_takes_what_can_be_compared(project: Project) -> None:
    for name, keys in KINDS.items():
        contract = source("shop/orders", column("c", **keys), order_by=["c"])
        if name in ("binary", "boolean", "float", "double"):
            assert "allowed: a number, text, date or time" in project.fault_of(contract)
        else:
            assert loaded(project, contract).order_by == ("c",)


@pytest.mark.parametrize(
    "lake",
    [
        {"part": 2},
        {"quality_gate": {"maxRejectedRatio": 0}},
        {"quality_gate": {"maxRejectedRatio": 1}},
        {"ingestion": {"mode": "stream", "format": "json", "stream": "x" * 40}},
        {"ingestion": {"mode": "files", "format": "csv", "nullToken": "x"}},
    ],
)
def test_property_of_the_lake_is_accepted_at_its_limit(project: Project, lake: dict[str, Any]) -> None:
    assert loaded(project, source("shop/orders", **lake)).id == "shop/orders"


def test_files_of_parquet_hold_what_firehose_could_not_convert(project: Project) -> None:
    parquet = {"mode": "files", "format": "parquet"}
    dataset = loaded(project, source("shop/orders", column("c", "string", "binary"), ingestion=parquet))
    assert dataset.fields[1].type is Scalar.BINARY


def test_properties_of_other_tools_are_nobodys_business(project: Project) -> None:
    own = [{"property": "own", "value": 1}, {"property": "own", "value": 2}]
    assert (
        loaded(project, source("shop/orders", column("note", customProperties=own))).fields[1].masking is None
    )


def test_documentation_is_what_only_people_read(project: Project) -> None:
    contract = source() | {
        "name": "Orders",
        "status": "active",
        "description": {"purpose": "Every order.", "usage": "Join  it.", "limitations": "None\nknown."},
        "team": {"name": "shop", "members": [{"username": "a@b"}, {"username": "c@d"}]},
    }
    assert loaded(project, contract).documentation == Documentation(
        "Orders", "active", "Join it.", "None known.", ("a@b", "c@d")
    )


@pytest.mark.parametrize("records", [(10, 20.5), (10, 10)])
def test_volume_is_what_the_contract_expects(project: Project, records: tuple[float, float]) -> None:
    contract = source(volume={"recordsPerDay": [*records], "bytesPerRecord": 100})
    assert loaded(project, contract).volume == Volume(records, 100)
    assert loaded(project, source()).volume is None


@pytest.mark.parametrize("engine", Engine)
def test_records_are_brought_by_the_engine_that_the_contract_names(project: Project, engine: Engine) -> None:
    assert loaded(project, source(engine=engine.value)).engine is engine


def test_readers_are_those_who_may_read_the_layer(project: Project) -> None:
    contract = source() | {"roles": [{"role": "scientist"}, {"role": "engineer", "access": "read"}]}
    assert loaded(project, contract).readers == (Reader("scientist"), Reader("engineer"))


@pytest.mark.parametrize("to", ["orders.order_id", "shop.orders.order_id"])
def test_relationship_points_into_its_own_domain_unless_it_names_another(project: Project, to: str) -> None:
    dataset = loaded(project, source("shop/orders", column("note", relationships=[{"to": to}])))
    assert dataset.relationships == (Relationship(("note",), "shop/orders", ("order_id",)),)


@pytest.mark.parametrize(
    ("keys", "lake", "warning"),
    [
        (
            ZONED,
            {"partition": ["c"]},
            "got 'c: instants, nearly all different'; allowed: columns of few values, or a coarser "
            "transform; fix: use day(c)",
        ),
        (
            {"unique": True},
            {"partition": ["c"]},
            "got 'c: a value of its own for each record'; allowed: columns of few values, or a coarser "
            "transform; fix: use bucket(16, c), or none",
        ),
    ],
)
def test_partition_is_warned_of_when_each_record_would_have_its_own(
    project: Project, keys: Json, lake: dict[str, Any], warning: str
) -> None:
    project.write(source("shop/orders", column("c", **keys), **lake))
    (told,) = project.load().warnings
    assert str(told).partition(": customProperties[2].value[0]: ")[2] == warning
