"""Decodes the manifest of a domain, and refuses it as a whole if anything in it is not understood."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pyspark.sql.types import StringType

from lakehouse_etl.document import Document, text, texts
from lakehouse_etl.iceberg_types import NUMBERS, spark_type, type_name
from lakehouse_etl.model import Bronze, Checks, Dataset, Field, Manifest, Product

VERSION = 1

_TABLE = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")


class ManifestError(ValueError):
    """The manifest is missing, unreadable or wrong; nothing was read or written."""


def decode(content: bytes, uri: str) -> Manifest:
    """Return the manifest that the bytes at `uri` describe.

    Raises:
        ManifestError: it is no JSON, of another version, or has faults; the message lists all of them.
    """
    try:
        value = json.loads(content, parse_float=Decimal)
    except ValueError as error:
        raise ManifestError(f"{uri}: no JSON: {error}; fix: deploy the domain again") from error
    faults: list[str] = []
    root = Document(value, "manifest", faults)
    version = root.take("version", lambda number: number, f"{VERSION}")
    if not faults and version != VERSION:
        root.fault("version", repr(version), f"{VERSION}, which this job was written for")
    manifest = _manifest(root) if not faults else None
    if faults or manifest is None:
        raise ManifestError(f"{uri}: {'; '.join(faults)}; fix: deploy jobs and manifest from the same commit")
    return manifest


def _manifest(root: Document) -> Manifest:
    manifest = Manifest(
        domain=root.text("domain"),
        masking_secret=root.text("masking_secret"),
        datasets=tuple(_dataset(document) for document in root.children("datasets")),
        products=tuple(_product(document) for document in root.children("products")),
    )
    names = [dataset.name for dataset in manifest.datasets] + [product.name for product in manifest.products]
    for name in sorted({name for name in names if names.count(name) > 1}, key=str):
        root.fault("datasets", f"{name!r} twice", "each name once")
    root.end()
    return manifest


def _dataset(document: Document) -> Dataset:
    fields = _fields(document)
    dataset = Dataset(
        name=document.text("name"),
        bronze=_bronze(document.child("bronze")),
        silver_table=document.take("silver_table", _table, "database.table"),
        quarantine_table=document.take("quarantine_table", _table, "database.table"),
        state_location=document.take("state_location", _folder, "a location that ends with /"),
        fields=fields,
        key=_columns(document, "key", fields),
        order_by=_columns(document, "order_by", fields),
        write=document.choice("write", "merge", "append", "overwrite"),
        max_rejected_ratio=document.take("max_rejected_ratio", _ratio, "0 to 1"),
    )
    if dataset.key == ():
        document.fault("key", "no column", "the columns that tell records apart")
    document.end()
    return dataset


def _bronze(document: Document) -> Bronze:
    bronze = Bronze(
        location=document.take("location", _folder, "a location that ends with /"),
        format=document.choice("format", "json", "csv"),
        null_token=document.optional("null_token", text, "a text or null"),
    )
    document.end()
    return bronze


def _product(document: Document) -> Product:
    fields = _fields(document)
    product = Product(
        name=document.text("name"),
        table=document.take("table", _table, "database.table"),
        sql=document.text("sql"),
        fields=fields,
        key=_columns(document, "key", fields),
    )
    document.choice("write", "overwrite")
    document.end()
    return product


def _fields(document: Document) -> tuple[Field, ...]:
    fields = tuple(_field(member) for member in document.children("fields"))
    if not fields:
        document.fault("fields", "no field", "the fields of the contract")
    return fields


def _columns(document: Document, key: str, fields: tuple[Field, ...]) -> tuple[str, ...]:
    names = document.texts(key)
    known = {field.name for field in fields}
    for name in names or ():
        if name not in known:
            document.fault(key, repr(name), "names of fields")
    return names


def _field(document: Document) -> Field:
    field = Field(
        name=document.text("name"),
        type=document.take("type", spark_type, "an Iceberg type"),
        required=document.take("required", _flag, "true or false"),
        masking=document.optional("masking", _masking, "hash, redact or null"),
        checks=_checks(document.child("checks")),
    )
    for rule in _misplaced(field):
        document.fault("checks", f"{rule} on {type_name(field.type)}", "rules that fit the type")
    document.end()
    return field


def _checks(document: Document) -> Checks:
    checks = Checks(
        allowed=document.optional("allowed", texts, "a list of texts"),
        pattern=document.optional("pattern", text, "a regular expression"),
        minimum=document.optional("minimum", _number, "a number"),
        maximum=document.optional("maximum", _number, "a number"),
        min_length=document.optional("min_length", _length, "a length"),
        max_length=document.optional("max_length", _length, "a length"),
    )
    document.end()
    return checks


def _misplaced(field: Field) -> list[str]:
    """Rules that the job could not enforce on a value of this type."""
    numeric, textual = isinstance(field.type, NUMBERS), isinstance(field.type, StringType)
    rules = {
        "minimum": field.checks.minimum is None or numeric,
        "maximum": field.checks.maximum is None or numeric,
        "allowed": field.checks.allowed is None or textual,
        "pattern": field.checks.pattern is None or textual,
        "min_length": field.checks.min_length is None or textual,
        "max_length": field.checks.max_length is None or textual,
        "masking hash": field.masking != "hash" or textual,
    }
    return [rule for rule, fits in rules.items() if not fits]


def _matching(accept: Callable[[Any], bool]) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        if accept(value):
            return value
        raise ValueError(value)

    return convert


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


_table = _matching(lambda value: _TABLE.fullmatch(value) is not None)
_folder = _matching(lambda value: text(value).endswith("/"))
_flag = _matching(lambda value: isinstance(value, bool))
_masking = _matching(lambda value: value in ("hash", "redact"))
_number = _matching(_is_number)
_length = _matching(lambda value: _is_number(value) and value == int(value) >= 0)


def _ratio(value: object) -> float:
    if isinstance(value, int | Decimal) and _is_number(value) and 0 <= value <= 1:
        return float(value)
    raise ValueError(value)
