"""Judges a sample under the contract that was drafted from it, as jobs would."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lakehouse_etl.judge.part import Source
from lakehouse_etl.records.counts import Counts

from lakehouse.model.dataset import Lake
from lakehouse.model.fields import Scalar
from tools.lake.drafts.draft import Draft
from tools.lake.testing.trial import as_jobs_have_it, judged
from tools.lake.testing.without_pandas import without_pandas

_LARGEST = 256 * 1024 * 1024
"""Bytes of a sample that is judged; the rows of a larger one would fill the memory."""

_GZIP = b"\x1f\x8b"
_COLUMN = re.compile(r"(\w+): expected")


@dataclass(frozen=True)
class Proof:
    """What became of the records of the sample."""

    counts: Counts
    reasons: Mapping[str, int]
    """How many were rejected, by what they break."""
    unread: frozenset[str]
    """Columns some value of which is none of their type; texts are not among them."""


def prove(draft: Draft, lake: Lake, path: Path) -> Proof | None:
    """Judge the sample; None if it is too large.

    Args:
        draft: The draft.
        lake: The project with its contract.
        path: The sample.
    """
    if path.stat().st_size > _LARGEST:
        return None
    [dataset] = [each for each in lake.datasets if each.id == draft.id]
    with path.open("rb") as file:
        ending = ".gz" if file.read(len(_GZIP)) == _GZIP else ""
    with without_pandas():
        trial = judged(as_jobs_have_it(lake, dataset), [Source(f"{path.name}{ending}", path)])
    reasons = Counter(each.rejected.breach.rule for each in trial.refusals)
    texts = {column.name for column in draft.columns if column.type is Scalar.STRING}
    named = {found[1] for each in trial.refusals if (found := _COLUMN.match(each.rejected.breach.detail))}
    known = {column.name for column in draft.columns}
    return Proof(trial.counts, reasons, frozenset((named & known) - texts))
