"""Builds one dataset from one contract."""

from dataclasses import replace

from config.document import KeyPath
from lakehouse.model.access import AccessPolicy
from lakehouse.model.dataset import Dataset, Ingestion, Layer, PartitionField, Refresh, Source, Write
from lakehouse.model.dialect import USUAL, Dialect
from lakehouse.model.fields import Field
from lakehouse.model.service import Volume
from lakehouse.model.versions import Versions
from lakehouse.odcs.column.columns import read_columns, read_key, read_partitioned
from lakehouse.odcs.extension import LakeProperties, read_extension
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.head import (
    check_head,
    read_description,
    read_documentation,
    read_owner,
    read_table,
)
from lakehouse.odcs.levels import read_event_time, read_service
from lakehouse.odcs.places import property_names
from lakehouse.odcs.readers import read_readers
from lakehouse.odcs.relationships import read_relationships
from lakehouse.odcs.rules.consistency import check_rules
from lakehouse.odcs.rules.keys import lacks_key
from lakehouse.odcs.shape import Contract, Property
from lakehouse.odcs.table_rules import read_table_rules

_COLUMNS: KeyPath = ("schema", 0, "properties")


def read_dataset(
    contract: Contract, sql: str | None, policy: AccessPolicy, findings: Findings
) -> Dataset | None:
    """Return the dataset that a contract describes; None if too little of it can be read to go on.

    It is of use only while `findings` holds no fault. The inputs of its SQL are not known yet.
    """
    check_head(contract, findings)
    description, owner = read_description(contract, findings), read_owner(contract, findings)
    service = read_service(contract, findings)
    lake = read_extension(contract, findings)
    table = read_table(contract, findings)
    if table is None:
        return None
    columns = table.get("properties", [])
    fields = read_columns(columns, _COLUMNS, findings)
    service = replace(service, event_time=read_event_time(contract, table["name"], fields, findings))
    key = _key(columns, fields, lake, findings)
    if lake is None:
        return None
    layer, domain = Layer(lake.layer), contract.get("domain", "")
    dataset = Dataset(
        domain=domain,
        name=table["name"],
        version=contract["version"],
        layer=layer,
        description=description,
        owner=owner,
        fields=fields,
        key=key,
        order_by=lake.order_by,
        partition=_partition(lake, columns, findings),
        write=lake.write or (Write.OVERWRITE if layer is Layer.GOLD else Write.MERGE),
        ingestion=_ingestion(lake),
        sql=sql,
        inputs=(),
        max_rejected_ratio=_max_rejected_ratio(lake),
        source=findings.document.where,
        service=service,
        rules=read_table_rules(table, fields, key, findings),
        relationships=read_relationships(table, domain, findings),
        part=lake.part,
        documentation=read_documentation(contract),
        versions=_versions(lake, layer),
        refresh=Refresh(lake.refresh.input, lake.refresh.column) if lake.refresh else None,
        engine=lake.engine,
        volume=_volume(lake),
    )
    check_rules(dataset, findings)
    return replace(dataset, readers=read_readers(contract, dataset, policy, findings))


def _key(
    columns: list[Property], fields: tuple[Field, ...], lake: LakeProperties | None, findings: Findings
) -> tuple[str, ...]:
    key = read_key(columns, fields, _COLUMNS, findings)
    if lake is None and not key and "lake.write" not in property_names(findings):
        lacks_key(findings)
    return key


def _max_rejected_ratio(lake: LakeProperties) -> float:
    return lake.quality_gate.max_rejected_ratio if lake.quality_gate else 0.0


def _volume(lake: LakeProperties) -> Volume | None:
    if lake.volume is None:
        return None
    fewest, most = lake.volume.records_per_day
    return Volume((fewest, most), lake.volume.bytes_per_record)


def _versions(lake: LakeProperties, layer: Layer) -> Versions | None:
    if lake.version is not None:
        return Versions(lake.version.order, lake.version.marker)
    return Versions() if layer is Layer.SILVER and lake.write is Write.OVERWRITE else None


def _ingestion(lake: LakeProperties) -> Ingestion | None:
    entry = lake.ingestion
    if entry is None:
        return None
    return Ingestion(
        mode=entry.mode,
        format=entry.format,
        null_token=entry.null_token,
        unknown_fields=entry.unknown_fields,
        stream=entry.stream,
        transform=entry.transform,
        content=entry.content,
        dialect=Dialect(**entry.dialect.model_dump()) if entry.dialect else USUAL,
        source=Source(entry.source.feature) if entry.source else None,
    )


def _partition(
    lake: LakeProperties, columns: list[Property], findings: Findings
) -> tuple[PartitionField, ...]:
    standard = read_partitioned(columns, findings)
    if standard and lake.partition:
        path: KeyPath = ("customProperties", "lake.partition")
        findings.add(path, "lake.partition", "one of it and `partitioned` on columns", "remove one of them")
    return standard or tuple(PartitionField(entry.source, entry.transform) for entry in lake.partition)
