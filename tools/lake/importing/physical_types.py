"""Types of other systems, by the names that these give them."""

from collections.abc import Callable
from contextlib import suppress

from sqlglot import exp
from sqlglot.errors import SqlglotError

from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type
from tools.lake.drafts.names import column_names

_ANY = ("", "postgres", "spark", "bigquery", "snowflake", "oracle", "tsql", "mysql", "duckdb")
"""Dialects that are tried one after the other where nobody says which system it is, or its own fails."""

_DIALECTS = {
    "postgresql": "postgres", "sqlserver": "tsql", "synapse": "tsql", "fabric": "tsql", "glue": "hive",
    "dataframe": "spark", "unity": "databricks", "azuresql": "tsql", "mssql": "tsql",
}  # fmt: skip
"""By the types of servers in the standard, where sqlglot calls them otherwise."""

_KNOWN = {
    "athena", "bigquery", "clickhouse", "databricks", "duckdb", "hive", "mysql", "oracle", "postgres",
    "presto", "redshift", "snowflake", "spark", "tsql", "trino",
}  # fmt: skip

_MAX_DIGITS = 38

_DIGITS = {"bigquery": (38, 9), "snowflake": (38, 0), "mysql": (10, 0), "redshift": (18, 0),
           "spark": (10, 0), "databricks": (10, 0), "hive": (10, 0), "tsql": (18, 0)}  # fmt: skip
"""Digits, and those behind the point, of a decimal that says neither, by system."""

_Kind = exp.DType

_SCALARS: dict[exp.DType, Type] = {
    **dict.fromkeys((_Kind.BOOLEAN, _Kind.BIT), Scalar.BOOLEAN),
    **dict.fromkeys(
        (_Kind.TINYINT, _Kind.SMALLINT, _Kind.MEDIUMINT, _Kind.INT, _Kind.UTINYINT, _Kind.USMALLINT,
         _Kind.UMEDIUMINT, _Kind.SERIAL, _Kind.SMALLSERIAL, _Kind.YEAR),
        Scalar.INT,
    ),
    **dict.fromkeys((_Kind.BIGINT, _Kind.UINT, _Kind.BIGSERIAL), Scalar.LONG),
    _Kind.UBIGINT: Decimal(20, 0),
    **dict.fromkeys((_Kind.INT128, _Kind.UINT128), Decimal(38, 0)),
    # Systems do not agree whether a FLOAT has 32 bits or 64; 64 hold both.
    **dict.fromkeys((_Kind.FLOAT, _Kind.DOUBLE), Scalar.DOUBLE),
    _Kind.MONEY: Decimal(19, 4),
    _Kind.SMALLMONEY: Decimal(10, 4),
    **dict.fromkeys((_Kind.DATE, _Kind.DATE32), Scalar.DATE),
    **dict.fromkeys(
        (_Kind.TIMESTAMP, _Kind.TIMESTAMPNTZ, _Kind.TIMESTAMP_S, _Kind.TIMESTAMP_MS, _Kind.TIMESTAMP_NS,
         _Kind.DATETIME, _Kind.DATETIME2, _Kind.DATETIME64, _Kind.SMALLDATETIME),
        Scalar.TIMESTAMP,
    ),
    **dict.fromkeys((_Kind.TIMESTAMPTZ, _Kind.TIMESTAMPLTZ), Scalar.TIMESTAMPTZ),
    **dict.fromkeys(
        (_Kind.BINARY, _Kind.VARBINARY, _Kind.BLOB, _Kind.TINYBLOB, _Kind.MEDIUMBLOB, _Kind.LONGBLOB,
         _Kind.IMAGE, _Kind.ROWVERSION),
        Scalar.BINARY,
    ),
    **dict.fromkeys(
        (_Kind.CHAR, _Kind.NCHAR, _Kind.BPCHAR, _Kind.VARCHAR, _Kind.NVARCHAR, _Kind.TEXT, _Kind.TINYTEXT,
         _Kind.MEDIUMTEXT, _Kind.LONGTEXT, _Kind.FIXEDSTRING, _Kind.NAME, _Kind.ENUM, _Kind.UUID,
         _Kind.JSON, _Kind.JSONB, _Kind.XML, _Kind.INET),
        Scalar.STRING,
    ),
}  # fmt: skip

_FIXED: dict[str, Type] = {
    "double": Scalar.DOUBLE, "float32": Scalar.DOUBLE, "float64": Scalar.DOUBLE, "long": Scalar.LONG,
    "nclob": Scalar.STRING,
    "bytes": Scalar.BINARY, "raw": Scalar.BINARY, "bfile": Scalar.BINARY, "fixed": Scalar.BINARY,
    "timestamp_tz": Scalar.TIMESTAMPTZ, "timestamp_ltz": Scalar.TIMESTAMPTZ,
    "timestamp_ntz": Scalar.TIMESTAMP, "str": Scalar.STRING, "rowid": Scalar.STRING,
    "urowid": Scalar.STRING, "xml": Scalar.STRING, "uint32": Scalar.LONG, "int32": Scalar.INT,
    "int64": Scalar.LONG, "bool": Scalar.BOOLEAN, "number": Scalar.DOUBLE,
}  # fmt: skip
"""By names that mean the same everywhere, and that some dialect does not know or reads otherwise."""


class UnknownTypeError(ValueError):
    """No system is known that has a type of this name."""


def dialect_of(server: str | None) -> str | None:
    """Return sqlglot's name of the SQL that a server of the standard speaks; None if it speaks none."""
    name = _DIALECTS.get(str(server), str(server))
    return name if name in _KNOWN else None


def physical_type(text: str, dialect: str | None) -> tuple[Type, str | None]:
    """Return the type of the lake that holds every value of a type, and what is to be looked at.

    Args:
        text: As in `NUMBER(10, 2)`, `timestamptz`, `array<struct<a: int>>`.
        dialect: Of the system, as sqlglot calls it; None if it is not known.

    Raises:
        UnknownTypeError: No system has such a type.
    """
    name = text.strip().lower().partition("(")[0].strip()
    if name in ("int", "integer") and dialect is None:
        return Scalar.LONG, None  # of 64 bits in some systems
    has_digits = name == "number" and ("(" in text or dialect in ("snowflake", "oracle"))
    if name in _FIXED and not has_digits and not (name == "long" and dialect == "oracle"):
        return _FIXED[name], None
    if name == "long" and dialect == "oracle":
        return Scalar.STRING, None
    if name == "date" and dialect == "oracle":
        return Scalar.TIMESTAMP, "Oracle's DATE has a time of day; without one in the source, make it a date"
    parsed = _parsed(text, dialect)
    if parsed is None:
        raise UnknownTypeError(text)
    return _lake_type(parsed, dialect)


def _parsed(text: str, dialect: str | None) -> exp.DataType | None:
    for each in ([dialect] if dialect else []) + [*_ANY]:
        with suppress(SqlglotError, ValueError):
            found = exp.DataType.build(text, dialect=each or None)
            if isinstance(found, exp.DataType) and found.this is not _Kind.USERDEFINED:
                return found
    return None


def _lake_type(kind: exp.DataType, dialect: str | None) -> tuple[Type, str | None]:
    nested: dict[exp.DType, Callable[[exp.DataType, str | None], tuple[Type, str | None]]] = {
        **dict.fromkeys((_Kind.ARRAY, _Kind.LIST), _array),
        **dict.fromkeys((_Kind.STRUCT, _Kind.NESTED), _struct),
        _Kind.MAP: _map,
        **dict.fromkeys((_Kind.DECIMAL, _Kind.BIGDECIMAL), _decimal),
    }
    if kind.this in nested:
        return nested[kind.this](kind, dialect)
    found = _SCALARS.get(kind.this)
    if found is None:
        return Scalar.STRING, f"tables have no type for {kind.sql().lower()}; kept as text"
    if found is Scalar.INT and dialect == "bigquery":
        return Scalar.LONG, None  # all its names of whole numbers are one type, of 64 bits
    if found in (Scalar.INT, Scalar.LONG) and dialect in ("snowflake", "oracle"):
        return Scalar.LONG, f"whole numbers of {dialect} may have 38 digits; jobs reject those beyond 64 bits"
    if found is Scalar.BOOLEAN and kind.this is _Kind.BIT:
        return found, "bits; jobs read the words true and false, and reject 0 and 1"
    return found, None


def _decimal(kind: exp.DataType, dialect: str | None) -> tuple[Type, str | None]:
    digits = [int(each.name) for each in kind.expressions if each.name.isdigit()]
    if not digits:
        precision, scale = _DIGITS.get(dialect or "", (_MAX_DIGITS, 9))
        if kind.this is _Kind.BIGDECIMAL:
            precision, scale = _MAX_DIGITS, 18
        return Decimal(precision, scale), (
            f"digits are not said; jobs reject numbers of more than {scale} decimals"
        )
    precision, scale = digits[0], digits[1] if len(digits) > 1 else 0
    if not 0 < precision <= _MAX_DIGITS or scale > precision:
        return Scalar.STRING, f"tables hold at most {_MAX_DIGITS} digits; kept as text"
    return Decimal(precision, scale), None


def _array(kind: exp.DataType, dialect: str | None) -> tuple[Type, str | None]:
    if not kind.expressions or not isinstance(kind.expressions[0], exp.DataType):
        return Array(Scalar.STRING), "the type of the elements is not said; text takes any"
    element, check = _lake_type(kind.expressions[0], dialect)
    return Array(element), check


def _struct(kind: exp.DataType, dialect: str | None) -> tuple[Type, str | None]:
    members = [each for each in kind.expressions if isinstance(each, exp.ColumnDef) and each.kind]
    if not members or len(members) < len(kind.expressions):
        return Scalar.STRING, "members are not said; kept as the JSON text"
    fields, checks = [], []
    for member, name in zip(members, column_names([each.name for each in members]), strict=True):
        inner, check = _lake_type(member.args["kind"], dialect)
        physical = None if name == member.name else member.name
        fields.append(Field(name, inner, False, "", physical_name=physical))
        checks += [f"{name}: {check}"] if check else []
    return Struct(tuple(fields)), "; ".join(checks) or None


def _map(kind: exp.DataType, dialect: str | None) -> tuple[Type, str | None]:
    if len(kind.expressions) != 2:  # noqa: PLR2004 (key and value)
        return Scalar.STRING, "types of keys and values are not said; kept as the JSON text"
    key, _ = _lake_type(kind.expressions[0], dialect)
    value, check = _lake_type(kind.expressions[1], dialect)
    if key is not Scalar.STRING:
        return Scalar.STRING, "keys of maps are texts; kept as the JSON text"
    return Map(key, value), check
