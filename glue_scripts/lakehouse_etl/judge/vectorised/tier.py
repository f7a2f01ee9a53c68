"""Which datasets have records that are judged at once."""

import pyarrow as pa

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.judge.json.format import JsonFormat
from lakehouse_etl.judge.records import Format
from lakehouse_etl.judge.vectorised.json_lines import JsonLines
from lakehouse_etl.judge.vectorised.json_tier import Carefully, JsonTier
from lakehouse_etl.judge.vectorised.values import UnservedError


def tier_of(
    dataset: Dataset, form: Format, schema: pa.Schema, masking_key: bytes | None, carefully: Carefully
) -> JsonTier | None:
    """Return what judges the objects of a dataset by both tiers; None if its records are all judged one by one.

    Args:
        dataset: With the fields that its files have.
        form: Finds records in doubtful lines.
        schema: Columns of judged records.
        masking_key: What hashed fields need.
        carefully: Judges records one by one.
    """
    if not isinstance(form, JsonFormat):
        return None
    try:
        lines = JsonLines(dataset, schema, masking_key)
    except UnservedError:
        return None
    return JsonTier(form, lines, carefully)
