"""Finds columns of products that republish values under a weaker classification than their source has."""

from collections.abc import Iterator, Mapping, Sequence

from config.faults import Fault, one_of
from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import CLASSIFICATIONS, Field, every_field, members
from lakehouse.sql.spark.analysis import Output
from lakehouse.sql.spark.values.flow import Origin, origins
from lakehouse.targets.iceberg import RESCUED

PROPERTY = "lake.declassified"


def declassified_faults(
    product: Dataset, where: str, outputs: Sequence[Output], read: Mapping[str, Dataset]
) -> Iterator[Fault]:
    """Find what is republished under a weaker classification without a reason, and reasons without need.

    Args:
        product: the product.
        where: path of its SQL.
        outputs: what the SQL yields, column by column.
        read: datasets by the names that the SQL has for them.
    """
    for field, output in zip(product.fields, outputs, strict=True):
        target = _strictest([field])
        weaker = {}
        for origin in origins(output.attribute.flow):
            source = read[origin[0]]
            level, masked = _source(source, origin)
            if CLASSIFICATIONS.index(level) > CLASSIFICATIONS.index(target):
                weaker[f"{source.id}.{origin[1]}"] = (level, masked)
        allowed = field.declassified.sources if field.declassified else ()
        for name in weaker.keys() - set(allowed):
            level, masked = weaker[name]
            kept = f"{level}, {masked}" if masked else level
            got = f"{field.name} ({target}) with values of {name} ({kept})"
            fix = (
                f"classify {field.name} as {level}, aggregate the values away, or say in {PROPERTY} of the "
                "column why that is meant"
            )
            yield Fault(f"{where}:{output.line}", "sql", got, f"{level} or stricter", fix)
        needed = one_of(weaker) if weaker else "nothing: no value of a stricter column is republished"
        for name in set(allowed) - weaker.keys():
            got = f"{name} in {PROPERTY} of {field.name}"
            yield Fault(product.source, "customProperties", got, needed, "remove it")


def _source(dataset: Dataset, origin: Origin) -> tuple[str, str]:
    """Return the classification of what a product takes, and how it is masked.

    A member is as sensitive as the struct that it is in, since the column bears the tag.
    """
    if origin[1] == RESCUED.name:
        return dataset.classification, "unmasked rest of records"
    fields: Sequence[Field] = dataset.fields
    found: list[Field] = []
    for name in origin[1:]:
        field = next((each for each in fields if each.name == name), None)
        if field is None:
            break
        found.append(field)
        fields = members(field.type)
    levels = [*(field.classification for field in found), _strictest(found[-1:])]
    masking = next((f"masked by {field.masking}" for field in found if field.masking), "")
    return max(levels, key=CLASSIFICATIONS.index), masking


def _strictest(fields: Sequence[Field]) -> str:
    """Return the strictest classification of fields and their members; public, where there are none."""
    levels = (each.classification for each in every_field(fields))
    return max(levels, key=CLASSIFICATIONS.index, default=CLASSIFICATIONS[0])
