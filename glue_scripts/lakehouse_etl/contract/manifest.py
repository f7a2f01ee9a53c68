"""Decodes the manifest of a domain, and refuses it as a whole if anything in it is not understood."""

import json
from decimal import Decimal

from pyspark.sql.types import StringType

from lakehouse_etl.contract.document import Document, is_number, matching, text
from lakehouse_etl.contract.iceberg_types import spark_type, type_name
from lakehouse_etl.contract.model import Bronze, Changes, Dataset, Field, Manifest, Product
from lakehouse_etl.contract.products import read_inputs, read_partition, read_refresh, table_name
from lakehouse_etl.contract.rules import read_checks, read_table_rules

VERSION = 3

_TABLE_OR_NULL = "database.table or null"


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
    domain = root.text("domain")
    results = root.child("results_tables")
    silver, gold = (results.optional(layer, table_name, _TABLE_OR_NULL) for layer in ("silver", "gold"))
    results.end()
    manifest = Manifest(
        domain=domain,
        masking_secret=root.text("masking_secret"),
        datasets=tuple(_dataset(document, domain, silver) for document in root.children("datasets")),
        products=tuple(_product(document, domain, gold) for document in root.children("products")),
    )
    for layer, table, items in (("silver", silver, manifest.datasets), ("gold", gold, manifest.products)):
        if items and table is None:
            results.fault(layer, "null", "database.table, which the results of this layer go to")
    names = [dataset.name for dataset in manifest.datasets] + [product.name for product in manifest.products]
    for name in sorted({name for name in names if names.count(name) > 1}, key=str):
        root.fault("datasets", f"{name!r} twice", "each name once")
    root.end()
    return manifest


def _dataset(document: Document, domain: str, results_table: str | None) -> Dataset:
    fields, name = _fields(document), document.text("name")
    dataset = Dataset(
        id=f"{domain}/{name}",
        name=name,
        bronze=_bronze(document.child("bronze")),
        silver_table=document.take("silver_table", table_name, "database.table"),
        quarantine_table=document.take("quarantine_table", table_name, "database.table"),
        results_table=results_table or "",
        state_location=document.take("state_location", _folder, "a location that ends with /"),
        requests_location=document.take("requests_location", _folder, "a location that ends with /"),
        fields=fields,
        key=_columns(document, "key", fields),
        order_by=_columns(document, "order_by", fields),
        write=document.choice("write", "merge", "append", "overwrite"),
        max_rejected_ratio=document.take("max_rejected_ratio", _ratio, "0 to 1"),
        unknown_fields=document.choice("unknown_fields", "ignore", "rescue", "reject"),
        changes=_changes(document.optional_child("changes")),
        table_rules=read_table_rules(document),
        retention_days=document.optional("retention_days", _days, "a number of days, or null"),
    )
    if dataset.key == ():
        document.fault("key", "no column", "the columns that tell records apart")
    document.end()
    return dataset


def _bronze(document: Document) -> Bronze:
    bronze = Bronze(
        location=document.take("location", _folder, "a location that ends with /"),
        format=document.choice("format", "json", "csv", "parquet"),
        null_token=document.optional("null_token", text, "a text or null"),
        routing_member=document.optional("routing_member", text, "a text or null"),
    )
    document.end()
    return bronze


def _changes(document: Document | None) -> Changes | None:
    if document is None:
        return None
    changes = Changes(
        operation=document.text("operation"),
        changed_at=document.text("changed_at"),
        sequence=document.text("sequence"),
        before=document.text("before"),
        deleted_table=document.take("deleted_table", table_name, "database.table"),
    )
    document.end()
    return changes


def _product(document: Document, domain: str, results_table: str | None) -> Product:
    fields, name = _fields(document), document.text("name")
    inputs, partition = read_inputs(document), read_partition(document, fields)
    product = Product(
        id=f"{domain}/{name}",
        name=name,
        table=document.take("table", table_name, "database.table"),
        results_table=results_table or "",
        sql=document.text("sql"),
        fields=fields,
        key=_columns(document, "key", fields),
        table_rules=read_table_rules(document),
        inputs=inputs,
        partition=partition,
        refresh=read_refresh(document, inputs, partition),
        volatile=document.take("volatile", _flag, "true or false"),
    )
    write = document.choice("write", "overwrite", "overwrite_partitions")
    if write is not None and (write == "overwrite_partitions") is not (product.refresh is not None):
        document.fault("write", repr(write), "overwrite_partitions with refresh, overwrite without")
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
    kind = document.take("type", spark_type, "an Iceberg type")
    field = Field(
        name=document.text("name"),
        type=kind,
        required=document.take("required", _flag, "true or false"),
        masking=document.optional("masking", _masking, "hash, redact or null"),
        checks=read_checks(document.child("checks"), kind),
    )
    if field.masking == "hash" and not isinstance(kind, StringType | None):
        document.fault("masking", f"hash on {type_name(kind)}", "hash on string")
    document.end()
    return field


_folder = matching(lambda value: text(value).endswith("/"))
_flag = matching(lambda value: isinstance(value, bool))
_days = matching(lambda value: isinstance(value, int) and not isinstance(value, bool) and value > 0)
_masking = matching(lambda value: value in ("hash", "redact"))


def _ratio(value: object) -> float:
    if isinstance(value, int | Decimal) and is_number(value) and 0 <= value <= 1:
        return float(value)
    raise ValueError(value)
