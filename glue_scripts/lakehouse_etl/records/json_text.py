"""JSON lines into text columns."""

from collections.abc import Callable, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import (
    ArrayType,
    DataType,
    DecimalType,
    MapType,
    StringType,
    StructType,
)

from lakehouse_etl.contract.model import Dataset, Field
from lakehouse_etl.contract.reasons import KEPT_CHARACTERS, MAX_RECORD_BYTES, Breach
from lakehouse_etl.records.part import LINE, PROVENANCE, Part, Rule, source_name, text_name
from lakehouse_etl.records.typed_values import is_utf8
from lakehouse_etl.records.unknown_fields import unknown_field, unknown_object
from lakehouse_etl.records.values import JSON_OPTIONS, unwrapped, wrapped
from lakehouse_etl.tables.spark_types import NESTED, spark_type

_MEMBERS = "__members"
_TEXTS = MapType(StringType(), StringType())

_SHORT = 16
"""Characters of a number without exponent that survives as a double, which keeps 15 digits."""

_LONG = r"[\d.]{16}|\d[eE][-+]?\d{3}"
"""What a number looks like that may not survive."""

_REWRITTEN = r'^-?\d+\.\d+(E-?\d+)?$|^"-?Infinity"$'
"""How Spark's JSON reader writes numbers that it has read as doubles."""


def json_part(lines: DataFrame, dataset: Dataset) -> Part:
    """Return the records of JSON lines.

    Args:
        lines: `LINE` and `PROVENANCE`.
        dataset: Tells the fields, and what becomes of others.
    """
    routing = dataset.bronze.routing_member
    known = [*(field.name for field in dataset.fields), *([routing] if routing else [])]
    # A name that is there twice stays there twice.
    whole = wrapped(F.when(~_is_oversized(), F.col(LINE)), _TEXTS)
    parsed = lines.select(LINE, *PROVENANCE, whole.alias("__whole"))
    members = parsed.select(LINE, *PROVENANCE, unwrapped(F.col("__whole")).alias(_MEMBERS))
    texts = [_text(field).alias(text_name(field.name)) for field in dataset.fields]
    return Part(
        frame=members.select(LINE, *PROVENANCE, _MEMBERS, *texts),
        raw=F.when(_is_oversized(), F.substring(LINE, 1, KEPT_CHARACTERS)).otherwise(F.col(LINE)),
        record_hash=F.xxhash64(LINE),
        form=tuple(_form(dataset, known)),
        rescued=unknown_object(F.col(LINE), known) if dataset.rescues else None,
    )


def _form(dataset: Dataset, known: Sequence[str]) -> list[Rule]:
    members = F.col(_MEMBERS)
    plain = _plain(dataset)
    rules = [
        Rule(_is_oversized(), Breach("oversized_record", f"expected at most {MAX_RECORD_BYTES} bytes")),
        Rule(~is_utf8(F.col(LINE)), Breach("not_utf8", "expected UTF-8")),
        Rule(members.isNull(), Breach("malformed_json", "expected one JSON object on a line")),
        Rule(_has_half_characters(), Breach("not_utf8", "expected escapes of whole characters")),
        Rule(~plain & _repeats(members), Breach("repeated_key", "expected each key of an object once")),
    ]
    if dataset.unknown_fields == "reject":
        unknown = F.array_except(F.map_keys(members), F.array(*map(F.lit, known)))
        rules.append(Rule(~plain & (F.size(unknown) > 0), unknown_field()))
    for field in dataset.fields:
        text, expected = F.col(text_name(field.name)), f"{field.name}: expected"
        if isinstance(spark_type(field.type), NESTED):
            breach = Breach("repeated_key", f"{expected} each key of an object once")
            rules.append(Rule(_repeats_inside(text, spark_type(field.type)), breach))
        found, within = F.col(source_name(field.name)), text
        if isinstance(spark_type(field.type), StringType):
            found, within = text, F.col(LINE)
        if (rewritten := _is_rewritten(found, spark_type(field.type), within)) is not None:
            breach = Breach("wrong_type", f"{expected} a text; a number with a fraction needs quotes")
            rules.append(Rule(rewritten, breach))
    return rules


def _is_oversized() -> Column:
    return F.octet_length(LINE) > MAX_RECORD_BYTES


def _plain(dataset: Dataset) -> Column:
    """Whether every member has another name, is known, and has a value; true of most records, and cheap."""
    texts = [F.col(text_name(field.name)).isNotNull().cast("int") for field in dataset.fields]
    return F.size(_MEMBERS) == reduce(Column.__add__, texts)


def _repeats(members: Column) -> Column:
    keys = F.map_keys(members)
    return F.size(F.array_distinct(keys)) < F.size(keys)


def _repeats_inside(text: Column, kind: DataType) -> Column:
    """Whether an object in a JSON text of a nested type has a key twice, however deep."""
    match kind:
        case ArrayType():
            if not isinstance(kind.elementType, NESTED):
                return F.lit(False)
            items = F.from_json(text, ArrayType(StringType()), JSON_OPTIONS)
            return _any(items, lambda item: _repeats_inside(item, kind.elementType))
        case MapType():
            members = F.from_json(text, _TEXTS, JSON_OPTIONS)
            if not isinstance(kind.valueType, NESTED):
                return _repeats(members)
            values = F.map_values(members)
            return _repeats(members) | _any(values, lambda item: _repeats_inside(item, kind.valueType))
        case StructType():
            members = F.from_json(text, _TEXTS, JSON_OPTIONS)
            inside = (
                _repeats_inside(members[each.name], each.dataType)
                for each in kind
                if isinstance(each.dataType, NESTED)
            )
            return F.coalesce(reduce(Column.__or__, inside, _repeats(members)), F.lit(False))
    return F.lit(False)


def _any(items: Column, holds: Callable[[Column], Column]) -> Column:
    return F.coalesce(F.exists(items, lambda item: F.coalesce(holds(item), F.lit(False))), F.lit(False))


def _has_half_characters() -> Column:
    """Whether an escape stands for half of a surrogate pair, which no UTF-8 text can hold."""
    escapes = F.replace(F.col(LINE), F.lit("\\\\"), F.lit(""))
    alone = F.regexp_replace(escapes, r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]", "")
    return F.col(LINE).contains("\\u") & alone.rlike(r"\\u[dD][89a-fA-F]")


def _is_rewritten(text: Column, kind: DataType, within: Column) -> Column | None:
    """Whether a number stands where a text should, and its digits may not be those that came.

    None if the type has no texts. `within` is the JSON that the text is a part of.
    """
    match kind:
        case StringType():
            quoted = F.concat(F.lit('"'), text, F.lit('"'))
            rewritten = (text < F.lit(":")) & text.rlike(_REWRITTEN) & ~within.contains(quoted)
            # Inside a nested value an infinity has quotes by now, and only the line tells it from a text.
            return rewritten | (text.isin("Infinity", "-Infinity") & ~F.col(LINE).contains(quoted))
        case ArrayType():
            if _is_rewritten(text, kind.elementType, within) is None:
                return None
            return _any(text, lambda item: _is_rewritten(item, kind.elementType, within))
        case MapType():
            return _is_rewritten(F.map_values(text), ArrayType(kind.valueType), within)
        case StructType():
            found = (_is_rewritten(text[each.name], each.dataType, within) for each in kind)
            conditions = [F.coalesce(each, F.lit(False)) for each in found if each is not None]
            return reduce(Column.__or__, conditions) if conditions else None
    return None


def _text(field: Field) -> Column:
    text = F.col(_MEMBERS)[field.name]
    return _exact(field.name, text) if isinstance(spark_type(field.type), DecimalType) else text


def _exact(name: str, text: Column) -> Column:
    """Return the digits that came: Spark reads a JSON number as a double, which does not keep all of them.

    They are looked up in the line, unless it shows at first sight that the text is what came.
    """
    line, member = F.col(LINE), rf'"\Q{name}\E"\s*:\s*'
    as_it_came = reduce(
        Column.__or__,
        (line.contains(F.concat(F.lit(f'"{name}":{gap}'), text, F.lit(","))) for gap in ("", " ")),
    )
    token = F.regexp_extract(line, member + r"(-?\d[-+.\deE]*)", 1)
    same = token.cast("double") == text.cast("double")
    short = (F.length(token) <= _SHORT) & ~token.rlike("[eE]")
    looked_up = (
        F.when((token == "") | (same & short) | ~line.rlike(_LONG), text)
        .when(same & (F.regexp_count(line, F.lit(member)) == 1), token)
        .otherwise(F.lit("a number of too many digits"))
    )
    return F.when(as_it_came, text).otherwise(looked_up)
