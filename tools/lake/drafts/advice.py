"""What a person should look at in a draft, in words."""

import json

from lakehouse.model.fields import Scalar
from tools.lake.drafts.columns.column import Column
from tools.lake.drafts.columns.remarks import allowed_values
from tools.lake.drafts.draft import Draft
from tools.lake.drafts.samples.sample import ROWS_MAX

REJECTED_RATIO = 0.01
"""Share of rejected records that a draft tolerates."""


def column_checks(draft: Draft, column: Column) -> list[str]:
    """Return what is to be checked about a column."""
    checks = list(column.checks)
    if column.name in draft.key.columns[:1]:
        checks.append(f"key ({', '.join(draft.key.columns)}): {draft.key.check}")
    if column.personal:
        silver = "a keyed hash" if column.type is Scalar.STRING else "null"
        checks.append(f"most likely {column.personal}, so silver gets {silver}; is it personal?")
    elif values := allowed_values(column.type, column.figures):
        rule = f"{{metric: invalidValues, arguments: {{validValues: {_listed(values)}}}, mustBe: 0}}"
        checks.append(f"{len(values)} values in the sample; is any other wrong?\nquality: [{rule}]")
    return checks


def ingestion_checks(draft: Draft) -> list[str]:
    """Return what is to be checked about how records arrive."""
    sample = draft.sample
    checks = list(sample.checks)
    if sample.unreadable:
        what = "do not fit the header" if sample.format == "csv" else "are no JSON object on one line"
        checks.append(f"{sample.unreadable:,} records of the sample {what}, and would be rejected")
    if sample.rows == ROWS_MAX:
        checks.append(f"only the first {ROWS_MAX:,} records were looked at")
    return checks


def write_checks(draft: Draft) -> list[str]:
    """Return what is to be checked about how the table changes."""
    return [*([] if draft.key.columns else [draft.key.check]), draft.growth.check]


def _listed(values: tuple[str, ...]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
