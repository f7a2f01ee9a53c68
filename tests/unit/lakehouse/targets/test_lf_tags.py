from dataclasses import replace

from lakehouse.model.dataset import Format, Ingestion, Mode, UnknownFields
from lakehouse.model.fields import Array, Field, Scalar, Struct
from lakehouse.targets.lf_tags import column_tags, table_tags
from tests.unit.lakehouse.datasets import ORDERS, TOTALS

RESCUE = Ingestion(Mode.STREAM, Format.JSON, unknown_fields=UnknownFields.RESCUE)


def test_table_tags_name_layer_domain_and_greatest_sensitivity_when_columns_differ() -> None:
    assert table_tags(ORDERS) == {"layer": "silver", "domain": "shop", "classification": "confidential"}
    assert table_tags(TOTALS) == {"layer": "gold", "domain": "shop", "classification": "internal"}


def test_column_tags_are_set_where_a_column_differs_from_its_table() -> None:
    assert column_tags(TOTALS) == {}
    assert column_tags(ORDERS) == {
        "order_id": {"classification": "public"},
        "address": {"classification": "internal"},
        "tags": {"classification": "internal"},
        "status": {"classification": "internal"},
        "at": {"classification": "internal"},
    }


def test_column_is_as_sensitive_as_its_parts_when_it_is_nested() -> None:
    secret = Field("secret", Scalar.STRING, False, "", "restricted")
    nested = Field("parts", Array(Struct((secret,))), False, "Parts.", "public")
    dataset = replace(ORDERS, fields=(ORDERS.fields[0], nested))
    assert table_tags(dataset)["classification"] == "restricted"
    assert column_tags(dataset) == {"order_id": {"classification": "public"}}


def test_rescued_fields_are_the_most_sensitive_when_the_table_is_public() -> None:
    dataset = replace(ORDERS, fields=ORDERS.fields[:1], ingestion=RESCUE)
    assert table_tags(dataset)["classification"] == "public"
    assert column_tags(dataset) == {"_rescued": {"classification": "restricted"}}
