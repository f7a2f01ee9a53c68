"""Which datasets have records that are judged many at once."""

from collections.abc import Sequence

import pyarrow as pa

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.judge.csv.format import CsvFormat
from lakehouse_etl.judge.fields.masking import Mask
from lakehouse_etl.judge.json.format import JsonFormat
from lakehouse_etl.judge.records import Format
from lakehouse_etl.judge.vectorised.columns import Columns
from lakehouse_etl.judge.vectorised.csv_rows import CsvRows
from lakehouse_etl.judge.vectorised.csv_tier import CsvTier
from lakehouse_etl.judge.vectorised.json_lines import JsonLines
from lakehouse_etl.judge.vectorised.json_tier import JsonTier
from lakehouse_etl.judge.vectorised.parts import Carefully
from lakehouse_etl.judge.vectorised.values import UnservedError


def tier_of(
    dataset: Dataset, form: Format, schema: pa.Schema, masks: Sequence[Mask], carefully: Carefully
) -> JsonTier | CsvTier | None:
    """Return what judges the objects of a dataset by both tiers; None if only the careful one serves it.

    Args:
        dataset: With the fields that its files have.
        form: Finds records in what is doubtful.
        schema: Columns of judged records.
        masks: What masks each of the fields.
        carefully: Judges records one by one.
    """
    try:
        columns = Columns(dataset, schema, masks)
        match form:
            case JsonFormat():
                return JsonTier(form, JsonLines(dataset, columns), carefully)
            case CsvFormat():
                return CsvTier(form, CsvRows(dataset, form, columns), carefully)
    except UnservedError:
        return None
    return None
