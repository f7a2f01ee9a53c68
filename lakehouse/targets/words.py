"""What a contract says about values, in words for people."""

from collections.abc import Iterator

from lakehouse.model.dataset import Content, Dataset, PartitionField
from lakehouse.model.dialect import USUAL
from lakehouse.model.fields import Array, Checks, Field, Map, Struct, Type, members
from lakehouse.targets.iceberg_types import type_json


def rules(field: Field) -> list[str]:
    """Return what a source calls a column, how it writes it, and the rules that each value must satisfy."""
    called = [] if field.physical_name is None else [f"{field.physical_name!r} in the source"]
    written = [] if field.source_format is None else [f"written as {field.source_format}"]
    required = ["required"] if field.required else []
    return [*called, *written, *required, *_checks(field.checks, field.type)]


def type_name(kind: Type) -> str:
    """Name a type as SQL writes it: `decimal(12, 2)`, `list<struct<a: string>>`."""
    match kind:
        case Struct(fields):
            return f"struct<{', '.join(f'{field.name}: {type_name(field.type)}' for field in fields)}>"
        case Array(element):
            return f"list<{type_name(element)}>"
        case Map(key, value):
            return f"map<{type_name(key)}, {type_name(value)}>"
    return str(type_json(kind))


def maskings(field: Field) -> list[str]:
    """Return how a column is masked, or which of its members are and how."""
    whole = [str(field.masking)] if field.masking else []
    inside = [f"{member.name}: {text}" for member in members(field.type) for text in maskings(member)]
    return [*whole, *inside]


def partition(field: PartitionField) -> str:
    """Write a partition field as contracts and Spark do: `day(ordered_at)`, `bucket(16, id)`."""
    transform, _, size = field.transform.partition("[")
    if transform == "identity":
        return field.source
    return f"{transform}({size.rstrip(']')}, {field.source})" if size else f"{transform}({field.source})"


def ingestion(dataset: Dataset) -> str:
    """Say how records arrive."""
    if dataset.ingestion is None:
        return "SQL over other tables"
    null = f", {dataset.ingestion.null_token} stands for null" if dataset.ingestion.null_token else ""
    source = f", by {dataset.ingestion.source}" if dataset.ingestion.source else ""
    shared = f", on the shared stream {dataset.ingestion.stream}" if dataset.ingestion.stream else ""
    written = "" if dataset.ingestion.dialect == USUAL else f" ({dataset.ingestion.dialect})"
    of = " of changes" if dataset.ingestion.content is Content.CHANGES else ""
    return f"{dataset.ingestion.mode}{of}, {dataset.ingestion.format.upper()}{written}{null}{source}{shared}"


def _checks(checks: Checks, kind: Type) -> Iterator[str]:
    if checks.allowed is not None:
        yield f"one of {', '.join(checks.allowed)}"
    if checks.pattern is not None:
        yield f"matches {checks.pattern}"
    for sign, bound in (
        ("≥", checks.minimum),
        (">", checks.exclusive_minimum),
        ("≤", checks.maximum),
        ("<", checks.exclusive_maximum),
    ):
        if bound is not None:
            yield f"{sign} {bound if isinstance(bound, str) else format(bound, '.15g')}"
    yield from _length(checks, "elements" if isinstance(kind, Array) else "characters")


def _length(checks: Checks, unit: str) -> Iterator[str]:
    match checks.min_length, checks.max_length:
        case None, None:
            return
        case None, most:
            yield f"at most {most} {unit}"
        case least, None:
            yield f"at least {least} {unit}"
        case least, most if least == most:
            yield f"exactly {most} {unit}"
        case least, most:
            yield f"{least} to {most} {unit}"
