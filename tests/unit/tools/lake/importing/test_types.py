import pytest

from lakehouse.model.fields import Array, Decimal, Map, Scalar, Type
from tools.lake.importing.logical_types import resolved
from tools.lake.importing.physical_types import dialect_of


@pytest.mark.parametrize(
    ("physical", "server", "expected"),
    [
        ("int4", None, Scalar.INT),
        ("INTEGER", None, Scalar.LONG),
        ("INT", "snowflake", Scalar.LONG),
        ("INTEGER", "oracle", Scalar.LONG),
        ("INTEGER", "bigquery", Scalar.LONG),
        ("INTEGER", "databricks", Scalar.INT),
        ("INT64", "bigquery", Scalar.LONG),
        ("bigint unsigned", "mysql", Decimal(20, 0)),
        ("serial", "postgres", Scalar.INT),
        ("NUMBER(10, 2)", "oracle", Decimal(10, 2)),
        ("NUMBER", "snowflake", Decimal(38, 0)),
        ("numeric", "postgresql", Decimal(38, 9)),
        ("decimal(50, 2)", None, Scalar.STRING),
        ("money", "sqlserver", Decimal(19, 4)),
        ("FLOAT", "mysql", Scalar.DOUBLE),
        ("double precision", "postgres", Scalar.DOUBLE),
        ("DATE", "oracle", Scalar.TIMESTAMP),
        ("DATE", "bigquery", Scalar.DATE),
        ("TIMESTAMP", "bigquery", Scalar.TIMESTAMPTZ),
        ("DATETIME", "bigquery", Scalar.TIMESTAMP),
        ("TIMESTAMP", "databricks", Scalar.TIMESTAMPTZ),
        ("TIMESTAMP", "snowflake", Scalar.TIMESTAMP),
        ("TIMESTAMP(6) WITH LOCAL TIME ZONE", "oracle", Scalar.TIMESTAMPTZ),
        ("timestamp", "glue", Scalar.TIMESTAMP),
        ("datetimeoffset", "sqlserver", Scalar.TIMESTAMPTZ),
        ("timestamp", "sqlserver", Scalar.BINARY),
        ("bit", "sqlserver", Scalar.BOOLEAN),
        ("bytea", "postgres", Scalar.BINARY),
        ("RAW(16)", "oracle", Scalar.BINARY),
        ("LONG", "oracle", Scalar.STRING),
        ("LONG", "databricks", Scalar.LONG),
        ("varchar(20)", None, Scalar.STRING),
        ("uuid", None, Scalar.STRING),
        ("INTERVAL DAY(2) TO SECOND(6)", "oracle", Scalar.STRING),
        ("array<string>", None, Array(Scalar.STRING)),
        ("text[]", "postgres", Array(Scalar.STRING)),
        ("map<string, bigint>", "hive", Map(Scalar.STRING, Scalar.LONG)),
        ("map<int, bigint>", "hive", Scalar.STRING),
        ("SUPER", "redshift", Scalar.STRING),
        ("no such type", None, Scalar.STRING),
    ],
)
def test_type_of_another_system_is_the_one_that_holds_its_values(
    physical: str, server: str | None, expected: Type
) -> None:
    assert resolved(None, physical, dialect_of(server))[0] == expected


@pytest.mark.parametrize(
    ("logical", "physical", "expected", "told"),
    [
        ("integer", "NUMBER(38, 0)", Scalar.LONG, "up to 38 digits at the source"),
        ("integer", "varchar(10)", Scalar.LONG, "texts by its physical type"),
        ("number", "varchar[10]", Scalar.DOUBLE, "texts by its physical type"),
        ("number", "uuid", Scalar.STRING, "kept as text"),
        ("date", "timestamptz", Scalar.TIMESTAMPTZ, ""),
        ("timestamp", "date", Scalar.DATE, "a timestamp by its logical type"),
        ("boolean", "int", Scalar.BOOLEAN, "reject 0 and 1"),
        ("boolean", "bytea", Scalar.STRING, "kept as text"),
        ("string", "bytea", Scalar.BINARY, "base64"),
        ("string", "int", Scalar.STRING, ""),
        ("time", "time", Scalar.STRING, "times of day"),
        ("number", None, Scalar.DOUBLE, "rounds behind the 15th"),
        ("timestamp", None, Scalar.TIMESTAMP, "no zone"),
        ("blob", None, Scalar.STRING, "none of the standard"),
        ("integer", "Flag", Scalar.LONG, "of no known system"),
        (None, None, Scalar.STRING, "no type is said"),
    ],
)
def test_doubt_is_told_when_a_type_leaves_room_for_it(
    logical: str | None, physical: str | None, expected: Type, told: str
) -> None:
    kind, checks = resolved(logical, physical, None)
    assert kind == expected
    assert told in "; ".join(checks)
    assert bool(checks) is bool(told)


def test_timestamp_has_a_zone_when_the_contract_says_so() -> None:
    assert resolved("timestamp", None, None, zoned=True) == (Scalar.TIMESTAMPTZ, [])
