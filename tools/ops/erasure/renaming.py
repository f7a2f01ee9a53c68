"""Objects whose names mention a person get others: a name that a sender chose may be an identifier.

Rows tell the object that they came from, so its rows go, and come back from the object under its new name.
"""

from collections.abc import Sequence

from lakehouse.layout.cdc import deleted_name, is_replica
from lakehouse.layout.paths import INGEST_DATE
from lakehouse.model.dataset import Dataset, Layer, Write
from tools.ops.bronze.requests import ask
from tools.ops.erasure.objects import Found, copy_kept, listed, remove_versions
from tools.ops.erasure.person import Person
from tools.ops.erasure.rows import delete_object
from tools.ops.target import Target


def is_renamed(found: Found) -> bool:
    """Whether an object gets another name: not where it orders versions, if locked, or still in landing."""
    ordered = any(each.write is Write.OVERWRITE for each in found.area.datasets)
    may = found.area.renames and found.locked_until is None and not ordered
    return found.named and found.latest and may


def rename(target: Target, found: Sequence[Found], person: Person, word: str) -> dict[str, str]:
    """Give objects names that mention nobody, and return these by the ones that they had.

    Args:
        target: The lake.
        found: The objects, without records of the person by now.
        person: Whom they mention.
        word: What stands for the person.
    """
    names = {}
    for each in found:
        new = each.renamed(person, word)
        processed = each.area.processed and f"/{INGEST_DATE}=" in each.key
        if processed:
            for name in _tables_with_rows(target, each.area.datasets[0]):
                delete_object(target, name, f"s3://{each.area.bucket}/{each.key}")
        copy_kept(target, each.area.bucket, each.key, new)
        if processed:  # at once: nothing else would look for it, were this killed now
            ask(target, each.area.datasets[0], [new], "erasure")
        own = [one for one in listed(target, each.area.bucket, each.key) if one["Key"] == each.key]
        remove_versions(target, each.area.bucket, [(each.key, one["VersionId"]) for one in own])
        names[each.key] = new
    return names


def _tables_with_rows(target: Target, dataset: Dataset) -> list[tuple[tuple[str, str], str]]:
    """Return the tables whose rows tell the object that they came from, and the column."""
    naming = target.settings.naming
    silver = naming.database(Layer.SILVER, dataset.domain)
    names = [dataset.name, *([deleted_name(dataset)] if is_replica(dataset) else [])]
    quarantine = (naming.database(Layer.QUARANTINE, dataset.domain), dataset.name)
    return [*(((silver, name), "_source_object") for name in names), (quarantine, "source_object")]
