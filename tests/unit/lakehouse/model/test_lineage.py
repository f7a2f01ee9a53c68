from dataclasses import replace
from graphlib import CycleError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.faults import InvalidInputError
from lakehouse.model.dataset import Lake
from lakehouse.model.lineage import circles, domain_inputs, ranks, selection, starters, waves
from tests.unit.lakehouse.datasets import ORDERS, TOTALS

DOMAINS = ("a", "b", "c", "d", "e")


def lake_of(**reads: tuple[str, ...]) -> Lake:
    """A lake of datasets `<domain>_<name>`, each with what it reads; what reads nothing is a source."""
    datasets = []
    for name, inputs in reads.items():
        domain, _, rest = name.partition("_")
        of = TOTALS if inputs else ORDERS
        ids = tuple(each.replace("_", "/") for each in inputs)
        datasets.append(replace(of, domain=domain, name=rest, inputs=ids))
    return Lake(tuple(datasets))


MUTUAL = lake_of(
    a_raw=(), b_raw=(), a_sums=("b_raw",), b_sums=("a_raw",), c_report=("a_sums", "b_sums"), d_raw=()
)
"""Two domains that read each other, one that reads both, and one by itself."""


@st.composite
def lakes(draw: st.DrawFn) -> Lake:
    """Lakes whose datasets read any that came before, of any domain."""
    made: list[str] = []
    reads: dict[str, tuple[str, ...]] = {}
    for number in range(draw(st.integers(1, 14))):
        inputs = draw(st.lists(st.sampled_from(made), unique=True, max_size=3)) if made else []
        name = f"{draw(st.sampled_from(DOMAINS))}_{number}"
        made.append(name)
        reads[name] = tuple(inputs)
    return lake_of(**reads)


def test_ranks_are_longest_paths_when_there_is_a_shortcut() -> None:
    assert ranks({"c": ["a", "b"], "b": ["a"], "a": []}) == {"a": 0, "b": 1, "c": 2}


def test_ranks_refuse_when_there_is_a_circle() -> None:
    with pytest.raises(CycleError):
        ranks({"a": ["b"], "b": ["a"]})


def test_domain_reads_what_its_products_read_of_others() -> None:
    assert domain_inputs(MUTUAL) == {"a": {"b"}, "b": {"a"}, "c": {"a", "b"}, "d": set()}


def test_domain_runs_after_what_it_reads_and_beside_what_it_does_not() -> None:
    lake = lake_of(z_raw=(), y_sums=("z_raw",), x_report=("y_sums",), w_raw=())
    assert waves(lake, lake.domains) == [("w", "z"), ("y",), ("x",)]


def test_domain_is_not_run_for_others_when_only_some_are_asked_for() -> None:
    lake = lake_of(z_raw=(), y_sums=("z_raw",), x_report=("y_sums",))
    assert waves(lake, ["x", "z"]) == [("x", "z")]
    assert waves(MUTUAL, ["a"]) == [("a",)]


def test_domains_of_a_circle_run_again_for_what_had_to_wait() -> None:
    assert waves(MUTUAL, MUTUAL.domains) == [("a", "b", "d"), ("a", "b"), ("c",)]


def test_domain_is_started_by_those_that_it_reads_itself() -> None:
    lake = lake_of(z_raw=(), y_sums=("z_raw",), x_report=("y_sums",))
    assert [starters(lake, domain) for domain in "xyz"] == [("y",), ("z",), ()]


def test_domains_that_read_each_other_do_not_start_each_other() -> None:
    assert [starters(MUTUAL, domain) for domain in "abcd"] == [(), (), ("a", "b"), ()]
    assert circles(MUTUAL) == [("a", "b")]


def test_domains_are_in_a_circle_when_others_stand_between_them() -> None:
    lake = lake_of(a_raw=(), b_sums=("a_raw",), c_sums=("b_sums",), a_report=("c_sums",), d_raw=("b_sums",))
    assert circles(lake) == [("a", "b", "c")]
    assert [starters(lake, domain) for domain in "abcd"] == [(), (), (), ("b",)]


@pytest.mark.long
@settings(max_examples=300)
@given(lakes())
def test_everything_is_built_when_waves_run_in_turn(lake: Lake) -> None:
    built: set[str] = set()
    runs: list[str] = []
    for wave in waves(lake, lake.domains):
        before = frozenset(built)  # what others of the same wave build may come too late
        runs += wave
        for domain in wave:
            own = set(before)
            for dataset in lake.of_domain(domain):  # each stands after what it reads
                if own >= set(dataset.inputs):
                    own.add(dataset.id)
            built |= own
    assert built == {dataset.id for dataset in lake.datasets}
    in_circles = {domain for circle in circles(lake) for domain in circle}
    assert sorted(set(runs)) == list(lake.domains)
    assert all(runs.count(domain) == 1 for domain in set(runs) - in_circles)


@settings(max_examples=300)
@given(lakes())
def test_starts_come_to_an_end_and_leave_out_only_those_in_a_circle(lake: Lake) -> None:
    started = {domain: starters(lake, domain) for domain in lake.domains}
    ranks(started)  # raises if one starts itself through others
    together = [set(circle) for circle in circles(lake)]
    for domain, read in domain_inputs(lake).items():
        left_out = read - set(started[domain])
        assert all(any({domain, other} <= circle for circle in together) for other in left_out)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["d"], ["d/raw"]),
        (["c/report"], ["a/raw", "b/raw", "a/sums", "b/sums", "c/report"]),
        (["report"], ["a/raw", "b/raw", "a/sums", "b/sums", "c/report"]),
        (["a/sums", "d/raw"], ["b/raw", "a/sums", "d/raw"]),
        ([], []),
    ],
)
def test_selection_has_what_is_named_and_all_that_it_reads(names: list[str], chosen: list[str]) -> None:
    assert [dataset.id for dataset in selection(MUTUAL, names).datasets] == chosen


def test_every_name_that_selects_nothing_or_too_much_is_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        selection(MUTUAL, ["raw", "a", "d/row"])
    assert [(fault.got, fault.fix) for fault in caught.value.faults] == [
        ("d/row", "did you mean 'd/raw'?"),
        ("raw", "name its domain"),
    ]
    assert caught.value.faults[1].allowed == "a/raw, b/raw, d/raw"
