"""Columns of Parquet files into the parts that are judged."""

from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, MapType, StructType

from lakehouse_etl.contract.model import Dataset, Field
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.records.part import PROVENANCE, Part, Rule, text_name
from lakehouse_etl.records.typed_values import all_utf8
from lakehouse_etl.records.unknown_fields import unknown_field
from lakehouse_etl.tables.spark_types import spark_type


def column_name(index: int) -> str:
    """Name the column that holds the file's column of this index."""
    return f"__column_{index}"


def parquet_part(
    records: DataFrame, names: Sequence[str], nanoseconds: Mapping[str, bool], dataset: Dataset
) -> Part:
    """Return the records of files of one schema; `raw` is a record as JSON.

    The record hash covers the values of silver, so that it does not depend on how a file stores them.

    Args:
        records: `PROVENANCE`, and the files' columns by `column_name`.
        names: Names of the files' columns.
        nanoseconds: Those that hold an instant as a number, with whether it is adjusted to UTC.
        dataset: Tells the fields, and what becomes of other columns.
    """
    places = {name: column_name(at) for at, name in enumerate(names)}
    instants = {
        places[name]: _instant(places[name], adjusted=adjusted) for name, adjusted in nanoseconds.items()
    }
    frame = records.withColumns(instants) if instants else records
    given = [
        (F.col(places[field.name]) if field.name in places else F.lit(None).cast("string")).alias(
            text_name(field.name)
        )
        for field in dataset.fields
    ]
    known = {field.name for field in dataset.fields}
    unknown = [name for name in sorted(places) if name not in known and name != dataset.bronze.routing_member]
    return Part(
        frame=frame.select(*PROVENANCE, *places.values(), *given),
        raw=_json(places, list(names), nulls=True),
        record_hash=F.xxhash64(*(part for field in dataset.fields for part in _hashed(field))),
        form=tuple(_form(frame, places, unknown, dataset)),
        rescued=_rescued(places, unknown) if dataset.rescues else None,
    )


def _form(
    frame: DataFrame, places: Mapping[str, str], unknown: Sequence[str], dataset: Dataset
) -> list[Rule]:
    always = F.col(PROVENANCE[0]).isNotNull()
    checks = (all_utf8(F.col(place), frame.schema[place].dataType) for place in places.values())
    texts = [F.coalesce(check, F.lit(True)) for check in checks if check is not None]
    rules = [
        Rule(always, Breach("missing_column", f"{field.name}: expected in the schema"))
        for field in dataset.fields
        if field.required and field.name not in places
    ]
    if texts:
        rules.append(Rule(~reduce(Column.__and__, texts), Breach("not_utf8", "expected UTF-8")))
    if unknown and dataset.unknown_fields == "reject":
        rules.append(Rule(always, unknown_field()))
    return rules


def _instant(place: str, *, adjusted: bool) -> Column:
    """Return an instant for a number of nanoseconds; what is beyond microseconds is cut off."""
    micros = F.expr(f"timestamp_micros(({place} - pmod({place}, 1000L)) div 1000L)")
    return micros if adjusted else micros.cast("timestamp_ntz")


def _hashed(field: Field) -> tuple[Column, Column]:
    """What a hash takes of a value: nulls leave a hash as it is, and maps have none."""
    value = F.col(field.name)
    return (F.to_json(F.struct(value)) if _has_map(spark_type(field.type)) else value), value.isNull()


def _has_map(kind: DataType) -> bool:
    match kind:
        case MapType():
            return True
        case ArrayType():
            return _has_map(kind.elementType)
        case StructType():
            return any(_has_map(member.dataType) for member in kind)
    return False


def _json(places: Mapping[str, str], names: Sequence[str], *, nulls: bool) -> Column:
    values = F.struct(*(F.col(places[name]).alias(name) for name in names))
    return F.to_json(values, {"ignoreNullFields": str(not nulls).lower()})


def _rescued(places: Mapping[str, str], unknown: Sequence[str]) -> Column | None:
    """The columns that the contract does not name, without those that are null, sorted by name."""
    if not unknown:
        return None
    anything = F.coalesce(*(F.when(F.col(places[name]).isNotNull(), F.lit(True)) for name in unknown))
    return F.when(anything, _json(places, unknown, nulls=False))
