"""Datasets as code, for tests of what is derived from them."""

from dataclasses import replace

from config.naming import Naming
from lakehouse.model.dataset import Dataset, Format, Ingestion, Layer, Mode, PartitionField, Write
from lakehouse.model.fields import Array, Checks, Decimal, Field, Map, Scalar, Struct
from lakehouse.model.masking import REDACT
from lakehouse.model.service import ServiceLevel

NAMING = Naming("lake", "dev", "111111111111", "eu-west-1")

ADDRESS = Struct(
    (Field("street", Scalar.STRING, True, "Street."), Field("spots", Array(Scalar.DOUBLE), False, ""))
)

ORDERS = Dataset(
    domain="shop",
    name="orders",
    version="1.0.0",
    layer=Layer.SILVER,
    description="Every order.",
    owner="shop-team",
    fields=(
        Field("order_id", Scalar.LONG, True, "Number.", "public"),
        Field("address", ADDRESS, False, "Where to send it."),
        Field("tags", Map(Scalar.STRING, Decimal(4, 2)), False, "Weights."),
        Field("email", Scalar.STRING, True, "Whom to tell.", "confidential", REDACT),
        Field("status", Scalar.STRING, True, "State.", checks=Checks(allowed=("new", "done"), max_length=4)),
        Field("at", Scalar.TIMESTAMPTZ, True, "Instant.", checks=Checks()),
    ),
    key=("order_id",),
    order_by=("at",),
    partition=(PartitionField("at", "day"), PartitionField("order_id", "bucket[4]")),
    write=Write.MERGE,
    ingestion=Ingestion(Mode.STREAM, Format.JSON),
    sql=None,
    inputs=(),
    max_rejected_ratio=0.25,
    service=ServiceLevel(freshness_hours=4),
    source="contracts/shop/orders.odcs.yaml",
)

TOTALS = replace(
    ORDERS,
    name="totals",
    layer=Layer.GOLD,
    fields=(Field("order_id", Scalar.LONG, True, "Number."), Field("price", Decimal(9, 2), False, "Price.")),
    order_by=(),
    partition=(PartitionField("order_id", "identity"),),
    write=Write.OVERWRITE,
    ingestion=None,
    sql="SELECT order_id, price FROM silver_shop.orders;",
    inputs=("shop/orders",),
)
