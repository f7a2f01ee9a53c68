from typing import Any

from iceberg_tables.partitions import current_spec, evolve

Json = dict[str, Any]

OWN = [{"id": 4, "name": "at"}, {"id": 9, "name": "shop"}]
WANTED = {"fields": [{"id": 1, "name": "shop"}, {"id": 2, "name": "at"}]}


def part(source: int, transform: str, name: str, number: int = 1000) -> Json:
    return {"source-id": source, "field-id": number, "transform": transform, "name": name}


def spec(*fields: Json, number: int = 0) -> Json:
    return {"spec-id": number, "fields": list(fields)}


def table(*specs: Json, default: int, last: int = 1000) -> Json:
    return {"partition-specs": list(specs), "default-spec-id": default, "last-partition-id": last}


def test_spec_stays_when_only_ids_and_names_differ() -> None:
    current = spec(part(4, "day", "by_day", 1003), number=2)
    metadata = table(spec(), current, default=2)
    assert evolve(metadata, OWN, WANTED, spec(part(2, "day", "at_day"))) is current_spec(metadata)


def test_spec_is_new_with_the_tables_own_ids_when_the_partitioning_changes() -> None:
    metadata = table(spec(part(4, "day", "at_day")), default=0)
    evolved = evolve(
        metadata, OWN, WANTED, spec(part(2, "day", "at_day"), part(1, "bucket[8]", "shop_bucket"))
    )
    assert evolved == spec(part(4, "day", "at_day"), part(9, "bucket[8]", "shop_bucket", 1001), number=1)


def test_spec_is_the_earlier_one_when_the_contract_returns_to_it() -> None:
    earlier = spec(part(4, "day", "at_day"))
    metadata = table(earlier, spec(part(4, "month", "at_month", 1001), number=1), default=1, last=1001)
    assert evolve(metadata, OWN, WANTED, spec(part(2, "day", "at_day"))) == earlier


def test_spec_reuses_the_id_of_a_field_when_any_earlier_spec_had_it() -> None:
    metadata = table(
        spec(part(4, "day", "at_day")),
        spec(part(4, "month", "at_month", 1001), number=1),
        default=1,
        last=1001,
    )
    wanted = spec(part(1, "identity", "shop"), part(2, "day", "renamed"))
    assert evolve(metadata, OWN, WANTED, wanted) == spec(
        part(9, "identity", "shop", 1002), part(4, "day", "at_day"), number=2
    )


def test_spec_is_empty_when_the_contract_drops_the_partitioning() -> None:
    metadata = table(spec(part(4, "day", "at_day")), default=0)
    assert evolve(metadata, OWN, WANTED, spec()) == spec(number=1)
