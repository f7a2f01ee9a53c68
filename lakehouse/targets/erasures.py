"""The table of a domain's erasures: what was erased, when and by which role, and nothing about whom.

`tools.ops.erasure.evidence` writes the rows, a JSON object each.
"""

from config.naming import Naming
from lakehouse.layout.paths import erasures_prefix
from lakehouse.model.dataset import Dataset, Layer
from lakehouse.model.fields import every_field
from lakehouse.targets.glue import Column, ExternalTable, json_table

ERASURES = "erasures"
"""Name of the table, in the bronze database of each domain whose contracts say whose data records are."""

COLUMNS = (
    Column("erasure_id", "string", "what the events of one erasure share"),
    Column("event_type", "string", "BEGUN, ENDED, or TAKEN_OVER: another one made anew what it left"),
    Column("event_time", "timestamp", "instant of the event in UTC"),
    Column("role", "string", "name of the role that erased"),
    Column("dataset", "string", "id of the dataset, as domain/name"),
    Column("objects", "array<string>", "bronze objects that held records, below the dataset's prefix"),
    Column("records", "bigint", "records that were taken out of objects, older versions counted too"),
    Column("products", "array<string>", "products that were made anew"),
    Column("traces_until", "timestamp", "instant after which no stream or lock keeps a trace, in UTC"),
)


def tells_subjects(dataset: Dataset) -> bool:
    """Whether the contract says whose data a record is."""
    return any(field.subject for field in every_field(dataset.fields))


def erasures_table(domain: str, naming: Naming) -> ExternalTable:
    """Return the table."""
    return json_table(f"s3://{naming.bucket(Layer.BRONZE)}/{erasures_prefix(domain)}", COLUMNS, (), {})
