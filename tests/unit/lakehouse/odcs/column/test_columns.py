import pytest

from lakehouse.model.fields import Field, Scalar
from lakehouse.model.masking import REDACT
from tests.unit.lakehouse.project import Json, Project, column, source


def masked(value: object, name: str = "lake.masking") -> list[Json]:
    return [{"property": name, "value": value}]


def test_column_is_read_when_it_is_masked_and_classified(project: Project) -> None:
    email = column("email", classification="restricted", customProperties=masked("redact"))
    project.write(source("shop/orders", {**email, "description": " Where to \n write. "}))
    (dataset,) = project.load().datasets
    assert dataset.fields[1] == Field("email", Scalar.STRING, False, "Where to write.", "restricted", REDACT)
    assert dataset.classification == "restricted"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"name": "ingest_date"}, "name: got 'ingest_date'; allowed: any name but ingest_date, ingest_hour"),
        ({"name": "_hash"}, "name: got '_hash'; allowed: snake_case"),
        (
            {"name": "order_id"},
            "name: got 'order_id'; allowed: each name once; fix: rename or remove one of them",
        ),
        (
            {"description": " "},
            "description: got '0 bytes'; allowed: 1 to 255 bytes; fix: tell what it means",
        ),
        ({"description": "é" * 128}, "description: got '256 bytes'; allowed: 1 to 255 bytes"),
        (
            {"classification": "secret"},
            "classification: got 'secret'; allowed: public, internal, confidential, restricted; fix:",
        ),
        ({"physicalName": ""}, "physicalName: got ''; allowed: the name in the source; fix: write it"),
        (
            {"name": "n" * 256},
            "allowed: at most 255 characters, not 256; fix: shorten it; `physicalName` keeps what the source",
        ),
        (
            {"encryptedName": "x"},
            "encryptedName: got 'x'; allowed: `lake.masking`; fix: mask the column instead",
        ),
        ({"semanticType": "measure"}, "semanticType: got 'measure'; allowed: column, dimension"),
        (
            {"customProperties": masked("hsh")},
            "customProperties[0].value: got 'hsh'; allowed: generalize, hash, redact, tokenize, "
            "truncate; fix: did you mean 'hash'?",
        ),
        (
            {"customProperties": masked("hash"), "logicalType": "integer", "physicalType": "int"},
            "customProperties[0].value: got 'hash on int'; allowed: redact, generalize (width: 2 or more) on",
        ),
        (
            {"customProperties": masked("hash", "lake.maskng")},
            "got 'lake.maskng'; allowed: lake.declassified, lake.masking, lake.not_personal, lake.subject on "
            "a column; "
            "fix: did you mean 'lake.masking'?",
        ),
    ],
)
def test_column_is_refused_when_it_says_what_the_lake_would_not_do(
    project: Project, change: Json, fault: str
) -> None:
    assert fault in project.fault_of(source("shop/orders", {**column("note"), **change}))


def test_key_is_read_in_its_own_order_when_it_has_several_columns(project: Project) -> None:
    contract = source(
        "shop/orders", column("day", "date", required=True, primaryKey=True, primaryKeyPosition=1)
    )
    contract["schema"][0]["properties"][0]["primaryKeyPosition"] = 2
    project.write(contract)
    assert project.load().datasets[0].key == ("day", "order_id")


def test_partition_is_read_from_the_columns_when_they_are_partitioned(project: Project) -> None:
    country = column("country", partitioned=True, partitionKeyPosition=2)
    project.write(source("shop/orders", country, column("year", partitioned=True, partitionKeyPosition=1)))
    assert [(each.source, each.transform) for each in project.load().datasets[0].partition] == [
        ("year", "identity"),
        ("country", "identity"),
    ]


def test_partition_is_refused_when_it_is_said_twice(project: Project) -> None:
    contract = source("shop/orders", column("country", partitioned=True), partition=["country"])
    assert "got 'lake.partition'; allowed: one of it and `partitioned` on columns" in project.fault_of(
        contract
    )


def test_partition_is_refused_when_the_positions_leave_a_gap(project: Project) -> None:
    contract = source("shop/orders", column("country", partitioned=True, partitionKeyPosition=2))
    assert "partitionKeyPosition: got [2]; allowed: partitionKeyPosition 1 to 1" in project.fault_of(contract)


def test_unique_is_accepted_when_the_column_is_the_whole_key(project: Project) -> None:
    contract = source()
    contract["schema"][0]["properties"][0]["unique"] = True
    project.write(contract)
    assert project.load().datasets[0].key == ("order_id",)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            {"primaryKey": False},
            "schema[0].properties: got 'no key'; allowed: at least one column with `primaryKey",
        ),
        (
            {"required": False},
            "required: got False; allowed: true on a key column; fix: set `required: true`",
        ),
        (
            {"primaryKeyPosition": 2},
            "primaryKeyPosition: got [2]; allowed: primaryKeyPosition 1 to 1, each once",
        ),
        (
            {"logicalType": "number", "physicalType": "double"},
            "logicalType: got 'number'; allowed: text, integers, dates or times in a key",
        ),
        (
            {"customProperties": masked("redact")},
            "properties[0]: got 'redact'; allowed: hash, tokenize, or no masking, on a key column",
        ),
    ],
)
def test_key_is_refused_when_it_cannot_tell_records_apart(project: Project, change: Json, fault: str) -> None:
    contract = source()
    contract["schema"][0]["properties"][0].update(change)
    assert fault in project.fault_of(contract)


def test_key_is_refused_when_its_columns_are_not_numbered(project: Project) -> None:
    contract = source("shop/orders", column("day", "date", required=True, primaryKey=True))
    assert "primaryKeyPosition: got [-1, -1]; allowed: primaryKeyPosition 1 to 2" in project.fault_of(
        contract
    )
