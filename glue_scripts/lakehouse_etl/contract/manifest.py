"""Reads the manifest of a domain into frozen values.

What a manifest may say is checked where it is compiled, so here only its version is. A key too many or too
few is refused all the same: an unknown rule must not go unnoticed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lakehouse_etl.contract.declared import Declared
from lakehouse_etl.contract.lineage import NOWHERE, Lineage
from lakehouse_etl.contract.masking import masking_of
from lakehouse_etl.contract.model import (
    Bronze,
    Changes,
    Checks,
    Dataset,
    Field,
    Input,
    PartitionField,
    Product,
    Refresh,
    Versions,
)
from lakehouse_etl.contract.source import Dialect, SourceFormat
from lakehouse_etl.contract.table_rules import Figure, Formula, TableRule
from lakehouse_etl.contract.types import parsed

VERSION = 8

_FIX = "fix: deploy jobs and manifest from the same commit"


@dataclass(frozen=True)
class Manifest:
    """Everything that the jobs of one domain work on."""

    domain: str
    masking_secret: str
    """Name of the secret that holds the key of hashes."""
    token_secret: str
    """Name of the secret that holds the key of tokens."""
    datasets: tuple[Dataset, ...]
    products: tuple[Product, ...]
    """In build order."""
    lineage: Lineage = NOWHERE


class ManifestError(ValueError):
    """The manifest is unreadable, or not one that this job was written for; nothing was read or written."""


def decode(content: bytes, uri: str) -> Manifest:
    """Return the manifest that the bytes at `uri` describe.

    Raises:
        ManifestError: It is no JSON, of another version, or has other keys or types than this job reads.
    """
    try:
        value = json.loads(content, parse_float=Decimal)
    except ValueError as error:
        raise ManifestError(f"{uri}: no JSON: {error}; fix: deploy the domain again") from error
    version = value.get("version", "none") if isinstance(value, dict) else "no object"
    if version != VERSION:
        raise ManifestError(
            f"{uri}: version: got {version}; allowed: {VERSION}, which this job was written for; {_FIX}"
        )
    try:
        return _manifest(value)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ManifestError(f"{uri}: got what this job cannot read ({error!r}); {_FIX}") from error


def _manifest(value: Mapping[str, Any]) -> Manifest:
    domain, results = value["domain"], value["results_tables"]
    return Manifest(
        domain=domain,
        masking_secret=value["masking_secret"],
        token_secret=value["token_secret"],
        datasets=tuple(_dataset(each, domain, results["silver"]) for each in value["datasets"]),
        products=tuple(_product(each, domain, results["gold"]) for each in value["products"]),
        lineage=Lineage(**value["lineage"]),
    )


def _dataset(value: Mapping[str, Any], domain: str, results_table: str) -> Dataset:
    changes = value.get("changes")
    read = {
        "bronze": _bronze(value["bronze"]),
        "fields": _fields(value["fields"]),
        "key": tuple(value["key"]),
        "order_by": tuple(value["order_by"]),
        "max_rejected_ratio": float(value["max_rejected_ratio"]),
        "changes": Changes(**changes) if changes else None,
        "table_rules": _table_rules(value["table_rules"]),
        "versions": Versions(**(value.get("versions") or {})),
        "personal": _declared(value.get("personal") or {}),
    }
    return Dataset(id=f"{domain}/{value['name']}", results_table=results_table, **{**value, **read})


def _declared(value: Mapping[str, Any]) -> Declared:
    looks_like = {name: tuple(kinds) for name, kinds in value.get("looks_like", {}).items()}
    return Declared(**{**value, "guarded": tuple(value.get("guarded", ())), "looks_like": looks_like})


def _bronze(value: Mapping[str, Any]) -> Bronze:
    return Bronze(**{**value, "dialect": Dialect(**(value.get("dialect") or {}))})


def _product(value: Mapping[str, Any], domain: str, results_table: str) -> Product:
    inputs = tuple(Input(**each) for each in value["inputs"])
    partition = tuple(PartitionField(**each) for each in value["partition"])
    read = {
        "fields": _fields(value["fields"]),
        "key": tuple(value["key"]),
        "inputs": inputs,
        "partition": partition,
        "refresh": _refresh(value["refresh"], inputs, partition),
        "table_rules": _table_rules(value["table_rules"]),
        "made_of": {
            column: tuple((id_, name) for id_, name in sources)
            for column, sources in value["made_of"].items()
        },
    }
    # How a product is written follows from its refresh.
    given = {key: member for key, member in value.items() if key != "write"}
    return Product(id=f"{domain}/{value['name']}", results_table=results_table, **{**given, **read})


def _refresh(
    value: Mapping[str, str] | None, inputs: Iterable[Input], partition: Iterable[PartitionField]
) -> Refresh | None:
    if value is None:
        return None
    column = value["column"]
    transforms = {each.source: each.transform for each in partition}
    return Refresh({each.id: each for each in inputs}[value["input"]], column, transforms[column])


def _fields(values: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    return tuple(map(_field, values))


def _field(value: Mapping[str, Any]) -> Field:
    written = value.get("source_format")
    read = {
        "type": parsed(value["type"]),
        "masking": masking_of(value["masking"]),
        "checks": _checks(value["checks"]),
        "source_format": None if written is None else SourceFormat(**written),
    }
    return Field(**{**value, **read})


def _checks(value: Mapping[str, Any]) -> Checks:
    allowed = value.get("allowed")
    return Checks(**{**value, "allowed": None if allowed is None else tuple(allowed)})


def _table_rules(values: Iterable[Mapping[str, Any]]) -> tuple[TableRule, ...]:
    return tuple(
        TableRule(
            **{
                **value,
                "figures": tuple(Figure(**figure) for figure in value["figures"]),
                "formula": _formula(value["formula"]),
                "values": tuple(map(float, value["values"])),
            }
        )
        for value in values
    )


def _formula(value: Any) -> Formula | None:
    if value is None:
        return None
    return tuple(_formula(each) if isinstance(each, list) else each for each in value)
