from collections.abc import Callable
from dataclasses import replace

import pytest

from lakehouse.model.dataset import Dataset, Format, Ingestion, Lake, Mode
from lakehouse.model.fields import Field, Scalar
from lakehouse.placement.parts import SOURCES_MAX, next_part, overfull, parts, sizes, stack_id
from tests.unit.lakehouse.datasets import ORDERS, TOTALS


def streams(number: int, **changes: object) -> list[Dataset]:
    return [replace(ORDERS, name=f"orders_{index}", **changes) for index in range(number)]  # type: ignore[arg-type]


def lake_of(*datasets: Dataset) -> Lake:
    return Lake(datasets)


def test_stack_is_named_after_domain_and_part() -> None:
    assert stack_id("web_shop", 1) == "DomainWebShop"
    assert stack_id("web_shop", 2) == "DomainWebShopPart2"


def test_first_part_exists_when_no_dataset_is_in_it() -> None:
    assert parts(lake_of(replace(ORDERS, part=3)), "shop") == (1, 3)


def test_nothing_is_overfull_when_every_part_fits() -> None:
    assert overfull(lake_of(ORDERS, *streams(21), *streams(28, part=2), TOTALS)) == []


def test_domain_is_overfull_when_a_part_has_too_many_resources() -> None:
    [fault] = overfull(lake_of(*streams(28), *streams(2, part=2)))
    assert fault.where == "contracts/shop"
    assert fault.path == "lake.part"
    assert "573 resources" in str(fault.got)
    assert "part 1 of shop" in str(fault.got)
    assert "500 resources" in fault.allowed
    assert "lake.part: 2" in fault.fix


def test_domain_is_overfull_when_its_columns_need_too_many_bytes() -> None:
    wide = tuple(Field(f"column_{index}", Scalar.STRING, False, "é" * 100) for index in range(400))
    [fault] = overfull(lake_of(*streams(5, fields=(*ORDERS.fields, *wide))))
    assert "part 1 of shop" in str(fault.got)
    assert "1000000 bytes" in fault.allowed


def test_adding_to_a_later_part_leaves_the_first_as_it_is() -> None:
    before = sizes(lake_of(*streams(3)))
    after = sizes(lake_of(*streams(3), replace(ORDERS, part=2)))
    assert after["shop", 1] == before["shop", 1]


def test_domains_are_refused_when_their_stacks_would_share_a_name() -> None:
    [fault] = overfull(lake_of(replace(ORDERS, domain="shop", part=2), replace(ORDERS, domain="shop_part2")))
    assert fault.got == "DomainShopPart2"
    assert "part 2 of shop" in fault.allowed


def aggregator(number: int) -> Lake:
    """A lake whose domain `all` reads this many other domains."""
    inputs = [replace(ORDERS, domain=f"domain_{index}") for index in range(number)]
    product = replace(TOTALS, domain="all", inputs=tuple(dataset.id for dataset in inputs))
    return lake_of(*inputs, product)


def test_domain_is_refused_when_its_products_read_too_many_others() -> None:
    assert overfull(aggregator(SOURCES_MAX)) == []
    [fault] = overfull(aggregator(SOURCES_MAX + 1))
    assert fault.where == "contracts/all"
    assert str(SOURCES_MAX + 1) in str(fault.got)


def test_dataset_is_refused_when_its_ruleset_is_too_long_for_glue() -> None:
    wide = tuple(Field(f"column_{index:04}", Scalar.STRING, True, "") for index in range(2500))
    faults = overfull(lake_of(replace(ORDERS, fields=(*ORDERS.fields, *wide))))
    assert [fault.where for fault in faults] == [ORDERS.source]
    assert "65536" in faults[0].allowed


def part_for(mode: Mode | None) -> Callable[[Lake], int]:
    return lambda lake: next_part(lake, "shop", mode)


def test_new_dataset_goes_to_the_first_part_when_the_domain_is_new() -> None:
    assert next_part(lake_of(ORDERS), "elsewhere", Mode.STREAM) == 1


def test_new_dataset_goes_to_the_first_part_that_is_less_than_four_fifths_full() -> None:
    totals = [replace(TOTALS, name=name, inputs=()) for name in ("a", "b", "c")]
    full = [*streams(16), *totals]  # 94 + 16 * 17 + 3 * 7 = 387 of 500 resources
    assert part_for(None)(lake_of(*full)) == 1
    assert part_for(Mode.STREAM)(lake_of(*full)) == 2
    assert part_for(Mode.STREAM)(lake_of(*full, *streams(25, part=2))) == 3
    assert part_for(Mode.FILES)(lake_of(*full, *streams(25, part=3))) == 1


@pytest.mark.long
def test_placement_advises_a_part_that_is_not_overfull() -> None:
    files = Ingestion(Mode.FILES, Format.CSV)
    lake = lake_of()
    for index in range(200):
        part = next_part(lake, "shop", Mode.FILES)
        lake = lake_of(*lake.datasets, replace(ORDERS, name=f"files_{index}", ingestion=files, part=part))
    assert overfull(lake) == []
    assert parts(lake, "shop") == (1, 2, 3, 4, 5)
