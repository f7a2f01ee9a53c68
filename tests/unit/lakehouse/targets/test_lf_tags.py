from dataclasses import replace

import pytest

from lakehouse.model.access import Reader
from lakehouse.model.dataset import Format, Ingestion, Layer, Mode, UnknownFields
from lakehouse.model.fields import Array, Field, Scalar, Struct
from lakehouse.targets.lf_tags import (
    column_levels,
    column_tags,
    database_tags,
    quarantine_levels,
    table_tags,
)
from tests.unit.lakehouse.datasets import NAMING, ORDERS, TOTALS

SILVER = {"layer": "silver", "domain": "shop", "rows": "all"}
RESCUE = Ingestion(Mode.STREAM, Format.JSON, unknown_fields=UnknownFields.RESCUE)


def test_table_tags_name_layer_domain_and_greatest_sensitivity_when_columns_differ() -> None:
    assert table_tags(ORDERS) == {**SILVER, "classification": "confidential"}
    assert table_tags(TOTALS) == {**SILVER, "layer": "gold", "classification": "internal"}


@pytest.mark.parametrize("reader", [Reader("clerk", ()), Reader("clerk", rows="status = 'new'")])
def test_table_is_filtered_when_the_contract_narrows_what_a_persona_reads(reader: Reader) -> None:
    assert table_tags(replace(ORDERS, readers=(Reader("analyst"),)))["rows"] == "all"
    assert table_tags(replace(ORDERS, readers=(Reader("analyst"), reader)))["rows"] == "filtered"


def test_database_is_as_sensitive_as_can_be_and_has_the_key_of_its_domain() -> None:
    assert database_tags(Layer.BRONZE, "web_shop", NAMING) == {
        "lake-dev-domain-web-shop": "member",
        "lake-dev-layer": "bronze",
        "lake-dev-classification": "restricted",
        "lake-dev-rows": "all",
    }


def test_column_tags_are_set_where_a_column_differs_from_its_table() -> None:
    assert column_tags(TOTALS) == {}
    assert column_tags(ORDERS) == {
        "order_id": {"classification": "public"},
        "address": {"classification": "internal"},
        "tags": {"classification": "internal"},
        "status": {"classification": "internal"},
        "at": {"classification": "internal"},
    }
    assert column_levels(ORDERS) == {
        "order_id": "public", "address": "internal", "tags": "internal", "email": "confidential",
        "status": "internal", "at": "internal", "_source_object": "confidential",
        "_record_hash": "confidential",
    }  # fmt: skip


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


@pytest.mark.parametrize(("level", "place"), [("public", "internal"), ("confidential", "confidential")])
def test_text_of_a_rejected_record_is_as_sensitive_as_can_be_and_its_reason_is_not(
    level: str, place: str
) -> None:
    dataset = replace(ORDERS, fields=(Field("order_id", Scalar.LONG, True, "", level),))
    levels = quarantine_levels(dataset)
    assert (levels.pop("raw"), levels.pop("source_object")) == ("restricted", place)
    assert set(levels.values()) == {"internal"}
    assert {"reason", "detail", "shape"} < levels.keys()
