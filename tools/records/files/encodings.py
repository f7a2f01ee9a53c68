"""Which encoding a contract asks its source for."""

import random

from lakehouse.layout.streams import ROUTING_MEMBER
from lakehouse.model.dataset import Dataset, Format, Mode, UnknownFields
from tools.records.files.csv_files import Csv
from tools.records.files.encoding import Encoding
from tools.records.files.json_lines import ConvertedLines, JsonLines


def encoding_of(dataset: Dataset, rng: random.Random) -> Encoding:
    """The encoding of a source dataset."""
    if dataset.ingestion is None:
        raise ValueError(f"{dataset.id} is a gold product: nothing sends records to it")
    strict = dataset.ingestion.unknown_fields is UnknownFields.REJECT
    if dataset.ingestion.mode is Mode.STREAM and dataset.ingestion.format is Format.PARQUET:
        return ConvertedLines(rng, dataset.fields, strict=strict)
    if dataset.ingestion.format is Format.JSON:
        routing = {ROUTING_MEMBER: dataset.id} if dataset.ingestion.stream else {}
        prepared = bool(routing or dataset.ingestion.transform)
        return JsonLines(rng, dataset.fields, strict=strict, routing=routing, prepared=prepared)
    null_token, dialect = dataset.ingestion.null_token, dataset.ingestion.dialect
    return Csv(rng, dataset.fields, null_token, strict=strict, dialect=dialect)
