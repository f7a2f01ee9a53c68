"""Reads the columns of a contract."""

from typing import Literal

from config.document import KeyPath
from config.faults import one_of
from lakehouse.model.dataset import PartitionField
from lakehouse.model.fields import Checks, Field, Scalar
from lakehouse.odcs.column.checks import read_checks
from lakehouse.odcs.column.masking import read_masking
from lakehouse.odcs.column.properties import (
    check_properties,
    read_declassified,
    read_not_personal,
    read_subject,
)
from lakehouse.odcs.column.source import read_physical_name, read_source_format
from lakehouse.odcs.column.types import read_classification, read_examples, read_type
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.names import RESERVED, check_names
from lakehouse.odcs.shape import Property

COMMENT_MAX = 255
"""Bytes of a column comment: https://docs.aws.amazon.com/glue/latest/webapi/API_Column.html"""


def read_columns(columns: list[Property], path: KeyPath, findings: Findings) -> tuple[Field, ...]:
    """Return the columns in the order of the contract."""
    check_names(columns, path, findings)
    return tuple(_column(column, (*path, at), findings) for at, column in enumerate(columns))


def read_key(
    columns: list[Property], fields: tuple[Field, ...], path: KeyPath, findings: Findings
) -> tuple[str, ...]:
    """Return the names of the key columns, by their position in the key; none where no column is marked."""
    keyed = [(at, column) for at, column in enumerate(columns) if column.get("primaryKey")]
    for at, column in keyed:
        _check_key_column(column, fields[at], (*path, at), findings)
    return _ordered(keyed, "primaryKeyPosition", path, findings)


def _ordered(
    found: list[tuple[int, Property]],
    position: Literal["primaryKeyPosition", "partitionKeyPosition"],
    path: KeyPath,
    findings: Findings,
) -> tuple[str, ...]:
    """Return the names of columns by their positions; a single one needs none."""
    positions = [column.get(position, 1 if len(found) == 1 else -1) for _, column in found]
    if sorted(positions) != list(range(1, len(found) + 1)):
        allowed = f"{position} 1 to {len(found)}, each once"
        findings.add((*path, found[0][0], position), positions, allowed, "number the columns")
    return tuple(found[at][1]["name"] for at in sorted(range(len(found)), key=positions.__getitem__))


def _column(column: Property, path: KeyPath, findings: Findings) -> Field:
    if column["name"] in RESERVED:
        findings.add((*path, "name"), column["name"], f"any name but {one_of(RESERVED)}", "rename it")
    description = " ".join(column.get("description", "").split())
    length = len(description.encode())
    if not 0 < length <= COMMENT_MAX:
        findings.add(
            (*path, "description"), f"{length} bytes", f"1 to {COMMENT_MAX} bytes", "tell what it means"
        )
    _check_silent(column, path, findings)
    check_properties(column, path, findings)
    known = len(findings.faults)
    kind = read_type(column, path, findings)
    typed = "logicalType" in column and len(findings.faults) == known  # else rules would be judged in vain
    return Field(
        name=column["name"],
        type=kind,
        required=column.get("required", False),
        description=description,
        classification=read_classification(column, path, findings),
        masking=read_masking(column, kind, path, findings),
        checks=read_checks(column, kind, path, findings) if typed else Checks(),
        examples=read_examples(column),
        declassified=read_declassified(column, path, findings),
        physical_name=read_physical_name(column, path, findings),
        source_format=read_source_format(column, kind, path, findings) if typed else None,
        not_personal=read_not_personal(column, path, findings),
        subject=read_subject(column, kind, path, findings),
    )


def read_partitioned(columns: list[Property], findings: Findings) -> tuple[PartitionField, ...]:
    """Return the partition fields that the standard's own keys describe: columns as they are."""
    path: KeyPath = ("schema", 0, "properties")
    found = [(at, column) for at, column in enumerate(columns) if column.get("partitioned")]
    names = _ordered(found, "partitionKeyPosition", path, findings)
    return tuple(PartitionField(name, "identity") for name in names)


def _check_silent(column: Property, path: KeyPath, findings: Findings) -> None:
    """Refuse keys of the standard that would have no effect here."""
    if column.get("semanticType") == "measure":
        findings.add(
            (*path, "semanticType"), "measure", "column, dimension", "compute it in the SQL of a product"
        )
    if "encryptedName" in column:
        findings.add(
            (*path, "encryptedName"), column["encryptedName"], "`lake.masking`", "mask the column instead"
        )


def _check_key_column(column: Property, field: Field, path: KeyPath, findings: Findings) -> None:
    if not field.required:
        findings.add((*path, "required"), field.required, "true on a key column", "set `required: true`")
    if not isinstance(field.type, Scalar) or field.type in (Scalar.FLOAT, Scalar.DOUBLE, Scalar.BINARY):
        fix = "choose another key or type"
        findings.add(
            (*path, "logicalType"), column.get("logicalType"), "text, integers, dates or times in a key", fix
        )
