"""Fields of a JSON object that the contract does not name."""

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

from lakehouse_etl.contract.reasons import Breach

_UNSAFE = "['?*]"
"""Characters that a JSON path cannot quote."""


def unknown_field() -> Breach:
    """Return what is wrong with a record that has such a field."""
    return Breach("unknown_field", "expected only fields of the contract (policy unknownFields: reject)")


def unknown_object(line: Column, known: Sequence[str]) -> Column:
    """Return the unknown members of a JSON object as an object of their own, null if there is none.

    Values keep their JSON types, but fractions come as Spark's JSON reader writes doubles. Where a name has
    a quotation mark, a question mark or an asterisk, its value comes as a text.
    """
    names = _unknown(line, known)
    wrapped, texts = F.concat(F.lit("["), line, F.lit("]")), F.from_json(line, "map<string, string>")

    def member(name: Column) -> Column:
        # With a wildcard in front, the answer is JSON; a path to one value would strip a text's quotes.
        path = F.concat(F.lit("$[*]['"), name, F.lit("']"))
        value = F.when(~name.rlike(_UNSAFE), F.call_function("get_json_object", wrapped, path))
        return F.concat(_quoted(name), F.lit(":"), F.coalesce(value, _quoted(texts[name])))

    members = F.array_join(F.transform(names, member), ",")
    return F.when(F.size(names) > 0, F.concat(F.lit("{"), members, F.lit("}")))


def _unknown(line: Column, known: Sequence[str]) -> Column:
    return F.array_except(F.json_object_keys(line), F.array(*map(F.lit, known)))


def _quoted(text: Column) -> Column:
    """Write a text as a JSON string, null as `null`."""
    array = F.to_json(F.array(text))
    return array.substr(F.lit(2), F.length(array) - 2)
