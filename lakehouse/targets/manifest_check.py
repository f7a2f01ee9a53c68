"""Holds a compiled manifest to the form that jobs read without asking again.

Jobs build their values from a manifest as it is. So nothing is handed over that does not keep this form, and
neither a rule that no job enforces nor a name that is nowhere can be deployed.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from lakehouse.model.dataset import Format, Layer, UnknownFields, Write
from lakehouse.model.engine import Engine
from lakehouse.model.versions import VersionOrder
from lakehouse.targets.manifest_form import (
    Column,
    Folder,
    Form,
    PersonalKind,
    TableName,
    TableRule,
    Text,
    twice,
    unknown,
)

_REFRESHABLE = ("identity", "day", "month", "year")
"""Transforms under which the rows of one value lie in partitions of their own or of a known period."""

_Transform = Annotated[str, Field(pattern=r"^(identity|year|month|day|hour|(bucket|truncate)\[[1-9]\d*\])$")]


class ManifestError(ValueError):
    """A compiled manifest is not as jobs read it; nothing may be deployed with it."""


class _Item(Form):
    """What datasets and products have in common."""

    name: Text
    version: Text
    by_event: bool
    fields_: Annotated[list[Column], Field(alias="fields", min_length=1)]
    key: list[Text]
    table_rules: list[TableRule]
    freshness_hours: Annotated[int, Field(ge=1)] | None

    def _faults(self) -> Iterator[str]:
        yield from unknown("key", self.key, self.columns)
        yield from twice("table_rules", (rule.name for rule in self.table_rules))

    @property
    def columns(self) -> list[str]:
        return [column.name for column in self.fields_]


class _Dialect(Form):
    delimiter: Text
    quote_char: Text | None
    escape_char: Text | None
    encoding: Text
    header: bool
    decimal_char: Text
    group_char: Text | None


class _Bronze(Form):
    table: TableName
    location: Folder
    format: Format
    null_token: Text | None
    dialect: _Dialect | None
    routing_member: Text | None


class _Changes(Form):
    operation: Text
    changed_at: Text
    sequence: Text
    before: Text
    deleted_table: TableName


class _Versions(Form):
    order: VersionOrder
    marker: Text | None


class _Declared(Form):
    guarded: list[Text]
    looks_like: dict[Text, list[PersonalKind]]


class _Dataset(_Item):
    bronze: _Bronze
    silver_table: TableName
    quarantine_table: TableName
    state_location: Folder
    requests_location: Folder
    order_by: list[Text]
    write: Literal[Write.MERGE, Write.APPEND, Write.OVERWRITE]
    max_rejected_ratio: Annotated[float, Field(ge=0, le=1)]
    unknown_fields: UnknownFields
    changes: _Changes | None
    retention_days: Annotated[int, Field(gt=0)] | None
    look_back_hours: Annotated[int, Field(gt=0)]
    versions: _Versions | None
    engine: Engine | None
    personal: _Declared
    event_time: Text | None
    records_per_day: Annotated[int, Field(ge=0)] | None

    def _faults(self) -> Iterator[str]:
        yield from super()._faults()
        yield from unknown("order_by", self.order_by, self.columns)
        yield from unknown("event_time", [self.event_time] if self.event_time else [], self.columns)
        if not self.key and (self.write is Write.MERGE or self.order_by):
            got = f"none under {self.write}, order_by {self.order_by}"
            yield f"key: got {got}; allowed: none under append and overwrite, where nothing orders versions"
        if (self.write is Write.OVERWRITE) is not (self.versions is not None):
            yield f"versions: got {self.versions} under {self.write}; allowed: there under overwrite alone"


class _Input(Form):
    id: Text
    layer: Literal[Layer.SILVER, Layer.GOLD]
    table: TableName


class _PartitionField(Form):
    source: Text
    transform: _Transform


class _Refresh(Form):
    input: Text
    column: Text


class _Product(_Item):
    table: TableName
    sql: Text
    write: Literal[Write.OVERWRITE, Write.OVERWRITE_PARTITIONS]
    partition: list[_PartitionField]
    inputs: list[_Input]
    refresh: _Refresh | None
    volatile: bool
    made_of: dict[str, list[tuple[str, str]]]

    def _faults(self) -> Iterator[str]:
        yield from super()._faults()
        yield from unknown("made_of", self.made_of, self.columns)
        yield from unknown("partition.source", [each.source for each in self.partition], self.columns)
        if (self.write is Write.OVERWRITE_PARTITIONS) is not (self.refresh is not None):
            yield f"write: got {self.write}; allowed: overwrite_partitions with refresh, overwrite without"
        if self.refresh is not None:
            periods = [each.source for each in self.partition if each.transform in _REFRESHABLE]
            yield from unknown("refresh.input", [self.refresh.input], [each.id for each in self.inputs])
            yield from unknown("refresh.column", [self.refresh.column], periods)


class _Results(Form):
    silver: TableName | None
    gold: TableName | None


class _Lineage(Form):
    namespace: Text
    catalog: Text
    events: dict[Literal["silver", "gold"], Folder]


class _Manifest(Form):
    version: int
    domain: Text
    masking_secret: Text
    token_secret: Text
    results_tables: _Results
    lineage: _Lineage
    datasets: list[_Dataset]
    products: list[_Product]

    def _faults(self) -> Iterator[str]:
        yield from twice("datasets and products", (each.name for each in (*self.datasets, *self.products)))
        for layer, items in (("silver", self.datasets), ("gold", self.products)):
            if items and getattr(self.results_tables, layer) is None:
                yield f"results_tables.{layer}: got null; allowed: the table of this layer's results"
            if items and layer not in self.lineage.events:
                yield f"lineage.events.{layer}: got none; allowed: where events about this layer's runs go"


def check(document: Mapping[str, Any]) -> None:
    """Check a manifest as a whole.

    Raises:
        ManifestError: It is not as jobs read it; the message lists what is wrong.
    """
    try:
        _Manifest.model_validate_json(json.dumps(document))
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise ManifestError(
            f"manifest of {document.get('domain')}: {'; '.join(faults)}; fix: mend what compiles it, "
            "lakehouse.targets.manifest, or what it may say, lakehouse.targets.manifest_check"
        ) from error
