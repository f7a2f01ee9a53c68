"""Streams and files mean the same by several objects on a line.

The function that splits what comes by a stream and the judge are deployed apart, so each has the rule.
"""

from hypothesis import given
from hypothesis import strategies as st
from lakehouse_etl.judge.json.parsing import MalformedError, objects
from stream_transform.objects import lines
from stream_transform.refusal import RefusedError

PIECES = (
    '{"a": 1}', '{"b": [{}, "]"]}', "{}", "[]", '[{"a": 1}, {"b": "}"}]', "[", "]", "{", "}", ",", ":",
    "1", '"x"', "null", "NaN", '"', " ", "\t",
)  # fmt: skip


def _judged(text: str) -> list[str] | None:
    try:
        return [own.strip() for own, _ in objects(text)]
    except MalformedError:
        return None


def _of_stream(text: str) -> list[str] | None:
    try:
        return lines(text.encode())[0].decode().splitlines()
    except RefusedError:
        return None


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_line_is_as_many_records_as_the_streams_function_makes_of_it(text: str) -> None:
    assert _judged(text) == _of_stream(text)


def test_both_outcomes_are_drawn() -> None:
    assert _judged('{"a": 1} [{}, {}]') == ['{"a": 1}', "{}", "{}"]
    assert _judged('{"a": 1}, {}') is None
