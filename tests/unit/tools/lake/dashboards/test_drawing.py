"""Pictures show what boards hold, each widget in its place."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from tools.lake.dashboards.drawing import svg
from tools.lake.dashboards.reading import Board, Line, Panel, Span

SVG = "{http://www.w3.org/2000/svg}"
END = datetime(2026, 11, 30, 12, tzinfo=UTC)
SPAN = Span(END - timedelta(hours=1), END, 60)
LINE = Line("shop/<orders>", ((END - timedelta(minutes=9), 12.0), (END - timedelta(minutes=8), 30.0)), "Sum")
GRAPH = Panel(0, 2, 12, 6, "timeSeries", "Rows & columns", "rows", False, (LINE,))
NUMBERS = replace(GRAPH, y=8, height=3, view="singleValue", title="What came")
WORDS = Panel(0, 0, 24, 2, "text", "# Estate\nAll of it. `lake status` tells.", "", False, ())


def texts(*panels: Panel) -> list[str]:
    """Every text of the picture, in its order."""
    root = ET.fromstring(svg(Board("lake-estate", panels), SPAN))  # noqa: S314 (made by the code under test)
    return ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]


def test_graph_shows_title_unit_and_what_its_lines_are() -> None:
    found = texts(GRAPH)
    assert found[0] == "Rows & columns"
    assert {"rows", "shop/<orders>"} <= set(found)


@pytest.mark.parametrize("stacked", [False, True], ids=["line", "bars"])
def test_graph_marks_each_point(stacked: bool) -> None:
    root = ET.fromstring(svg(Board("lake", (replace(GRAPH, stacked=stacked),)), SPAN))  # noqa: S314
    kind = "mark-rect role-mark" if stacked else "mark-symbol role-mark"
    [marks] = [each for each in root.iter(f"{SVG}g") if each.get("class", "").startswith(kind)]
    assert len(list(marks.iter(f"{SVG}path"))) == 2


def test_hours_are_those_of_utc() -> None:
    assert {"11:00", "12:00"} <= set(texts(GRAPH))


def test_number_is_the_sum_of_counts_and_the_most_of_anything_else() -> None:
    assert texts(replace(NUMBERS, lines=(LINE, replace(LINE, statistic="Maximum"))))[1:5:2] == ["42", "30"]


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (0.123, "0.123"), (1234, "1,234"), (12345, "12.3 k"), (2.5e6, "2.5 M")]
)
def test_number_is_as_long_as_people_read(value: float, shown: str) -> None:
    assert texts(replace(NUMBERS, lines=(replace(LINE, points=((END, value),)),)))[1] == shown


def test_what_has_no_data_says_so() -> None:
    empty = replace(LINE, points=())
    assert "nothing in this time" in texts(replace(GRAPH, lines=(empty,)))
    assert texts(replace(NUMBERS, lines=(empty,)))[1] == "–"  # noqa: RUF001 (a dash, as CloudWatch shows)


def test_words_are_a_heading_and_a_sentence() -> None:
    assert texts(WORDS)[:2] == ["Estate", "All of it. lake status tells."]


def test_ids_of_graphs_are_each_ones_own() -> None:
    clipped = [replace(GRAPH, x=x) for x in (0, 12)]
    found = re.findall(r'\bid="([^"]+)"', svg(Board("lake", tuple(clipped)), SPAN))
    assert len(found) == len(set(found))


def test_picture_is_as_large_as_its_widgets_and_says_what_time_it_shows() -> None:
    drawn = svg(Board("lake-estate", (WORDS, GRAPH)), SPAN)
    assert 'viewBox="0 0 1440 342"' in drawn
    assert texts(WORDS)[-1] == "lake-estate, 2026-11-30 11:00 to 2026-11-30 12:00 UTC, in periods of 60 s"
