"""Lines of text as rows, by the rules of each SerDe.

Source: https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from local.patches.athena.errors import QueryError
from local.patches.athena.hive import open_csv, values

Row = list[Any]
Reader = Callable[[str], Row]


def lines(content: bytes, header: int) -> Iterator[str]:
    """Lines of a file without its header; they end with LF, CR or both."""
    text = content.removeprefix(codecs.BOM_UTF8).decode(errors="replace")
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text.removesuffix("\n").removesuffix("\r"))):
        if number >= header:
            yield line


def splitter(input_format: str) -> Callable[[bytes, int], Iterator[str]]:
    """What splits a file into rows, by the input format of its table."""
    return _cloudtrail if input_format.endswith(".CloudTrailInputFormat") else lines


def _cloudtrail(content: bytes, _header: int) -> Iterator[str]:
    """Rows of a file of CloudTrail: each of its records.

    https://docs.aws.amazon.com/athena/latest/ug/cloudtrail-logs.html
    """
    for record in json.loads(content)["Records"]:
        yield json.dumps(record)


def reader(library: str, parameters: Mapping[str, str], schema: pa.Schema) -> Reader:
    """What reads a line as a row of a table.

    Raises:
        QueryError: The SerDe is none that is read here; later, for a line: it is not what the SerDe can read.
    """
    makers = {
        "OpenCSVSerde": _csv,
        "org.openx.data.jsonserde.JsonSerDe": _openx,
        "org.apache.hive.hcatalog.data.JsonSerDe": _hive_json,
        "LazySimpleSerDe": _delimited,
        "RegexSerDe": _regex,
    }
    for name, make in makers.items():
        if library.endswith(name):
            return make(parameters, schema)
    raise QueryError(f"HIVE_UNSUPPORTED_FORMAT: {library} is not read here; these are: {', '.join(makers)}")


def _csv(parameters: Mapping[str, str], schema: pa.Schema) -> Reader:
    """Columns by position; only what is not a string may be wrong."""
    marks = open_csv.Marks.of(parameters)

    def read(line: str) -> Row:
        fields: list[str | None] = [*open_csv.fields(line, marks), *[None] * len(schema)]
        return [
            None if field is None else _bad_data(values.of_number, field, column)
            for field, column in zip(fields, schema, strict=False)
        ]

    return read


def _openx(parameters: Mapping[str, str], schema: pa.Schema) -> Reader:
    """Values that do not fit are null; what is neither object nor array is a row of nulls."""
    names = {column.name: parameters.get(f"mapping.{column.name}", column.name) for column in schema}
    fold = str.lower if parameters.get("case.insensitive", "true").lower() == "true" else str

    def read(line: str) -> Row:
        document = _document(line, parameters) if line.lstrip()[:1] in ("{", "[") else None
        if isinstance(document, list):
            document = dict(zip(schema.names, document, strict=False))
        found = {fold(key): value for key, value in (document or {}).items()}
        return [
            _or_null(values.of_json, found.get(fold(names[column.name])), column.type) for column in schema
        ]

    return read


def _hive_json(parameters: Mapping[str, str], schema: pa.Schema) -> Reader:
    def read(line: str) -> Row:
        document = _document(line, parameters)
        if not isinstance(document, dict):
            if document is not None:
                raise QueryError(f"HIVE_BAD_DATA: a JSON object is wanted, got {line[:80]}")
            document = {}
        found = {key.lower(): value for key, value in document.items()}
        return [_bad_data(values.of_json, found.get(column.name.lower()), column) for column in schema]

    return read


def _document(line: str, parameters: Mapping[str, str]) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        if parameters.get("ignore.malformed.json", "false").lower() == "true":
            return None
        raise QueryError(
            f"HIVE_CURSOR_ERROR: Row is not a valid JSON Object: {error}: {line[:80]}; "
            "the SerDe's parameter ignore.malformed.json makes it a row of nulls"
        ) from error


def _delimited(parameters: Mapping[str, str], schema: pa.Schema) -> Reader:
    """Missing fields and values that do not fit are null; what is too much is left out."""
    delimiter = _character(parameters, ("field.delim", "serialization.format"), "\x01")
    escape = parameters.get("escape.delim", "")
    null = parameters.get("serialization.null.format", "\\N")
    between = re.compile((f"(?<!{re.escape(escape)})" if escape else "") + re.escape(delimiter))
    value = _nested(parameters, null)

    def read(line: str) -> Row:
        found = between.split(line)
        if escape:
            found = [re.sub(re.escape(escape) + "(.)", r"\1", one) for one in found]
        fields = [*found, *[null] * len(schema)]
        return [_or_null(value, field, column.type) for field, column in zip(fields, schema, strict=False)]

    return read


def _nested(parameters: Mapping[str, str], null: str) -> Callable[[str, pa.DataType], Any]:
    """What reads a field of delimited text; arrays, maps and structs of one level have delimiters, too."""
    old = "colelction.delim"  # codespell:ignore (as Hive 2 spells it)
    items = _character(parameters, ("collection.delim", old), "\x02")
    pairs = _character(parameters, ("mapkey.delim",), "\x03")

    def value(text: str, kind: pa.DataType) -> Any:
        if text == null:
            return None
        if pa.types.is_list(kind):
            return [value(one, kind.value_type) for one in text.split(items)]
        if pa.types.is_map(kind):
            entries = [entry.partition(pairs) for entry in text.split(items)]
            return [(value(key, kind.key_type), value(one, kind.item_type)) for key, _, one in entries]
        if pa.types.is_struct(kind):
            members = zip(kind, text.split(items), strict=False)
            return {field.name: value(one, field.type) for field, one in members}
        return values.of_text(text, kind)

    return value


def _character(parameters: Mapping[str, str], names: Sequence[str], default: str) -> str:
    """A delimiter; a number is that of a character."""
    text = next((parameters[name] for name in names if name in parameters), default)
    return chr(int(text)) if text.isdigit() else text


def _regex(parameters: Mapping[str, str], schema: pa.Schema) -> Reader:
    """A line that does not match as a whole is a row of nulls."""
    folded = parameters.get("input.regex.case.insensitive", "").lower() == "true"
    pattern = re.compile(parameters["input.regex"], re.DOTALL | (re.IGNORECASE if folded else 0))
    if pattern.groups != len(schema):
        raise QueryError(
            f"HIVE_BAD_DATA: Number of matching groups ({pattern.groups}) doesn't match "
            f"the number of columns ({len(schema)})"
        )

    def read(line: str) -> Row:
        found = pattern.fullmatch(line)
        groups = found.groups() if found else [None] * len(schema)
        return [
            None if text is None else _or_null(values.of_text, text, column.type)
            for text, column in zip(groups, schema, strict=True)
        ]

    return read


def _or_null(read: Callable[[Any, pa.DataType], Any], value: Any, kind: pa.DataType) -> Any:
    try:
        return read(value, kind)
    except ValueError:
        return None


def _bad_data(read: Callable[[Any, pa.DataType], Any], value: Any, column: pa.Field) -> Any:
    try:
        return read(value, column.type)
    except ValueError as error:
        raise QueryError(
            f"HIVE_BAD_DATA: Error parsing field value '{value}' for field {column.name}: {error}"
        ) from error
