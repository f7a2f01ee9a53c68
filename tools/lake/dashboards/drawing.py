"""Dashboards as SVG: graphs by Vega-Lite, numbers and text beside them, each where the dashboard has it."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from tools.lake.dashboards.reading import Board, Line, Panel, Span

_COLUMN, _ROW, _GAP = 60, 40, 8
"""Pixels of a column and a row, and between widgets."""

_NAMED = 6
"""Lines that a legend names; the others are drawn without."""

_INK, _PALE, _EDGE = "#16191f", "#687078", "#d5dbdb"
_FONT = "Helvetica, Arial, sans-serif"
_SAID_ALREADY = re.compile(
    r' (?:role|aria-[a-z]+|pointer-events|font-family)="[^"]*"| (?:opacity|stroke-width)="1"'
)
"""Attributes that make no difference in a picture: half of its bytes."""

_TITLE = 22
"""Pixels that the title of a panel takes."""


def svg(board: Board, span: Span) -> str:
    """Return the picture of a dashboard."""
    width = _COLUMN * max(each.x + each.width for each in board.panels)
    height = _ROW * max(each.y + each.height for each in board.panels)
    shown = f"{span.start:%Y-%m-%d %H:%M} to {span.end:%Y-%m-%d %H:%M} UTC"
    parts = [part for index, panel in enumerate(board.panels) for part in _panel(panel, index, span)]
    foot = _text(_GAP, height + 14, f"{board.name}, {shown}, in periods of {span.period} s", 11, _PALE)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height + 22}" '
        f'viewBox="0 0 {width} {height + 22}" font-family="{_FONT}">\n'
        f'<rect width="100%" height="100%" fill="#f2f3f3"/>\n{"".join(parts)}{foot}</svg>\n'
    )


def _panel(panel: Panel, index: int, span: Span) -> Iterator[str]:
    """Yield the parts of one widget."""
    x, y = panel.x * _COLUMN + _GAP // 2, panel.y * _ROW + _GAP // 2
    width, height = panel.width * _COLUMN - _GAP, panel.height * _ROW - _GAP
    yield f'<svg x="{x}" y="{y}" width="{width}" height="{height}">'
    if panel.view == "text":
        yield from _words(panel.title)
    else:
        size = f'width="{width - 1}" height="{height - 1}"'
        yield f'<rect x="0.5" y="0.5" {size} fill="#fff" stroke="{_EDGE}"/>'
        yield _text(10, 17, panel.title, 13, _INK, bold=True)
        if panel.view == "singleValue":
            yield from _numbers(panel, width)
        elif any(line.points for line in panel.lines):
            chart = _chart(panel, width - 2, height - _TITLE - 2, span)
            yield _placed(chart, index, _TITLE)
        else:
            yield _text(width // 2, height // 2 + 8, "nothing in this time", 12, _PALE, anchor="middle")
    yield "</svg>\n"


def _words(markdown: str) -> Iterator[str]:
    """Yield a heading and what follows it; of Markdown, `#` and code alone."""
    heading, _, text = markdown.partition("\n")
    yield _text(6, 26, heading.lstrip("# "), 20, _INK, bold=True)
    code = '<tspan font-family="monospace">{}</tspan>'
    parts = [
        code.format(escape(part)) if index % 2 else escape(part) for index, part in enumerate(text.split("`"))
    ]
    yield f'<text x="6" y="50" font-size="13" fill="{_INK}">{"".join(parts)}</text>'


def _numbers(panel: Panel, width: int) -> Iterator[str]:
    step = (width - 20) / max(1, len(panel.lines))
    for place, line in enumerate(panel.lines):
        x = 10 + place * step
        yield _text(x, 62, _number(line.number), 28, _INK if line.points else _PALE)
        yield _text(x, 86, line.label, 12, _PALE)


def _number(value: float | None) -> str:
    """Return a number as people read it: at most three digits and a letter, as CloudWatch has it."""
    if value is None:
        return "–"  # noqa: RUF001 (a dash, as CloudWatch shows)
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == 'k' else size):.3g} {letter}"
    return f"{value:,.0f}" if value == int(value) or value >= 100 else f"{value:.3g}"  # noqa: PLR2004


def _chart(panel: Panel, width: int, height: int, span: Span) -> str:
    """Return a graph of all lines that have data, as SVG."""
    import vl_convert  # noqa: PLC0415 (it starts an engine of JavaScript)

    lines = [line for line in panel.lines if line.points]
    drawn: str = vl_convert.vegalite_to_svg(_specification(panel, lines, width, height, span))
    return drawn


def _specification(panel: Panel, lines: list[Line], width: int, height: int, span: Span) -> dict[str, Any]:
    """Return a graph in Vega-Lite: https://vega.github.io/vega-lite/docs/spec.html."""
    data = [
        {"time": time.isoformat(), "line": line.label, "value": value}
        for line in lines
        for time, value in line.points
    ]
    shown = [each.isoformat() for each in (span.start, span.end)]
    bars = max(2, int((width - 60) * span.period / (span.end - span.start).total_seconds()) - 1)
    values = [value for line in lines for _, value in line.points]
    highest, whole = max(values), all(value == int(value) for value in values)
    form = "~s" if highest >= 1000 else "~r"  # noqa: PLR2004 (below, `s` would write 500m for a half)
    mark = {"type": "bar", "width": bars} if panel.stacked else {"type": "line", "point": {"size": 24}}
    return {
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "background": "transparent",
        "data": {"values": data},
        "mark": mark,
        "encoding": {
            "x": {
                "field": "time",
                "type": "temporal",
                "scale": {"type": "utc", "domain": shown},
                "axis": {"title": None, "format": "%H:%M", "grid": False, "tickCount": 6},
            },
            "y": {
                "field": "value",
                "type": "quantitative",
                "stack": "zero" if panel.stacked else None,
                "scale": {"domainMin": 0, **({} if highest else {"domainMax": 1})},
                "axis": {
                    "title": panel.unit,
                    "tickCount": 4,
                    "tickMinStep": int(whole),
                    "format": form,
                    "gridColor": "#eaeded",
                },
            },
            "color": _colours([line.label for line in lines], width),
        },
        "config": {
            "aria": False,
            "font": _FONT,
            "axis": {"labelColor": _PALE, "titleColor": _PALE, "titleFontWeight": "normal"},
        },
    }


def _colours(names: list[str], width: int) -> dict[str, Any]:
    """Return how lines are told apart, those with the most by name."""
    return {
        "field": "line",
        "type": "nominal",
        "sort": names,
        "scale": {"domain": names, "scheme": "tableau20"},
        "legend": {
            "title": None,
            "orient": "bottom",
            "columns": max(1, width // 210),
            "values": names[:_NAMED],
            "labelLimit": 180,
            "symbolType": "square",
            "symbolSize": 80,
            "rowPadding": 1,
            "padding": 2,
            "offset": 6,
        },
    }


def _placed(drawn: str, index: int, y: int) -> str:
    """Return a picture to be put into another: lower, with ids of its own, and without what says nothing."""
    own = re.sub(r'(\bid="|url\(#|href="#)', rf"\1p{index}-", _SAID_ALREADY.sub("", drawn))
    return own.replace("<svg ", f'<svg x="1" y="{y}" ', 1)


def _text(
    x: float, y: float, text: str, size: int, colour: str, *, bold: bool = False, anchor: str = "start"
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{weight}>'
        f"{escape(text)}</text>"
    )
