"""Builds one dataset from one contract."""

from config.document import KeyPath
from lakehouse.model import Dataset, Ingestion, Layer, PartitionField, Write
from lakehouse.odcs.columns import read_columns, read_key
from lakehouse.odcs.extension import LakeProperties, read_extension
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.head import check_head, read_description, read_freshness, read_owner, read_table
from lakehouse.odcs.rules import check_rules
from lakehouse.odcs.shape import Contract

_COLUMNS: KeyPath = ("schema", 0, "properties")


def read_dataset(contract: Contract, sql: str | None, findings: Findings) -> Dataset | None:
    """Return the dataset that a contract describes; None if too little of it can be read to go on.

    It is of use only while `findings` holds no fault. The inputs of its SQL are not known yet.
    """
    check_head(contract, findings)
    description, owner = read_description(contract, findings), read_owner(contract, findings)
    freshness = read_freshness(contract, findings)
    lake = read_extension(contract, findings)
    table = read_table(contract, findings)
    if table is None:
        return None
    columns = table.get("properties", [])
    fields = read_columns(columns, _COLUMNS, findings)
    key = read_key(columns, fields, _COLUMNS, findings)
    if lake is None:
        return None
    layer = Layer(lake.layer)
    gate = lake.quality_gate
    dataset = Dataset(
        domain=contract.get("domain", ""),
        name=table["name"],
        version=contract["version"],
        layer=layer,
        description=description,
        owner=owner,
        fields=fields,
        key=key,
        order_by=lake.order_by,
        partition=tuple(PartitionField(entry.source, entry.transform) for entry in lake.partition),
        write=lake.write or (Write.OVERWRITE if layer is Layer.GOLD else Write.MERGE),
        ingestion=_ingestion(lake),
        sql=sql,
        inputs=(),
        max_rejected_ratio=gate.max_rejected_ratio if gate else 0.0,
        freshness_hours=freshness,
        source=findings.document.where,
    )
    check_rules(dataset, findings)
    return dataset


def _ingestion(lake: LakeProperties) -> Ingestion | None:
    entry = lake.ingestion
    return None if entry is None else Ingestion(entry.mode, entry.format, entry.null_token)
