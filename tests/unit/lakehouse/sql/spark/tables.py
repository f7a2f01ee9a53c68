"""The tables that the statements of the corpus read, of every type that a contract can have."""

from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type


def struct(**members: Type) -> Struct:
    """Return a struct with optional members."""
    return Struct(tuple(Field(name, kind, False, "") for name, kind in members.items()))


GEO = struct(lat=Scalar.DOUBLE, lon=Scalar.DOUBLE)
TABLES: dict[str, dict[str, Type]] = {
    "silver_shop.orders": {
        "id": Scalar.LONG,
        "customer": Scalar.STRING,
        "status": Scalar.STRING,
        "n": Scalar.INT,
        "amount": Decimal(12, 2),
        "rate": Scalar.DOUBLE,
        "share": Scalar.FLOAT,
        "paid": Scalar.BOOLEAN,
        "day": Scalar.DATE,
        "at": Scalar.TIMESTAMPTZ,
        "plain_at": Scalar.TIMESTAMP,
        "raw": Scalar.BINARY,
        "tags": Array(Scalar.STRING),
        "nums": Array(Scalar.INT),
        "props": Map(Scalar.STRING, Scalar.STRING),
        "place": struct(city=Scalar.STRING, geo=GEO),
        "lines": Array(struct(sku=Scalar.STRING, qty=Scalar.INT, price=Decimal(10, 2))),
    },
    "silver_shop.customers": {
        "id": Scalar.STRING,
        "name": Scalar.STRING,
        "status": Scalar.STRING,
        "score": Scalar.INT,
        "joined": Scalar.DATE,
    },
    "gold_shop.days": {"day": Scalar.DATE, "total": Decimal(18, 2), "orders": Scalar.LONG},
}
