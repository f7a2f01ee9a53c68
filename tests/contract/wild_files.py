"""Files as the public offers them: each of a kind that is met in the wild, made for these tests."""

import datetime as dt
import decimal
import io
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq


class Wild(NamedTuple):
    """A file, and what its draft must say."""

    name: str
    content: bytes
    records: int
    """All of them become rows."""
    types: dict[str, str]
    """By what the file calls columns."""
    dialect: dict[str, Any] = {}  # noqa: RUF012 (nobody changes it)
    """What is unlike the usual."""
    key: tuple[str, ...] = ()


def german() -> Wild:
    """A spreadsheet saved in Germany: semicolons, decimal commas, days first, windows-1252."""
    lines = ["Kunden-Nr.;Größe (m²);Umsatz €;Geändert am"]
    lines += [
        f"K{number:04};{number % 90},{number % 10}5;1.2{number:02},50;{1 + number % 28:02}.03.2026"
        for number in range(40)
    ]
    types = {
        "Kunden-Nr.": "string", "Größe (m²)": "decimal(12, 2)", "Umsatz €": "decimal(12, 2)",
        "Geändert am": "date",
    }  # fmt: skip
    dialect = {"delimiter": ";", "decimal_char": ",", "group_char": ".", "encoding": "windows-1252"}
    return Wild("umsatz.csv", "\r\n".join(lines).encode("cp1252"), 40, types, dialect, ("kunden_nr",))


def spreadsheet() -> Wild:
    """A spreadsheet saved as UTF-8: byte order mark, blanks and line breaks in values, quotes doubled."""
    text = "\ufeffOrder ID, First Name ,Note,Ordered At\r\n"
    text += "".join(
        f'{n},"Ann, {n}","two\r\nlines, ""quoted"" {n}",2026-03-01 0{n}:30:00\r\n' for n in range(1, 10)
    )
    types = {"Order ID": "int", "First Name": "string", "Note": "string", "Ordered At": "timestamp"}
    return Wild("orders.csv", text.encode(), 9, types, {}, ("order_id",))


def american() -> Wild:
    """An export of an American administration: months first, thousands in commas, upper-case names."""
    lines = ["PERMIT #,Issue Date,Valuation,ZIP"]
    lines += [f'B-{n:03},03/{n + 1:02}/2026,"{n + 1},250.75",0210{n % 10}' for n in range(25)]
    types = {"PERMIT #": "string", "Issue Date": "date", "Valuation": "double", "ZIP": "string"}
    return Wild(
        "permits.csv",
        "\n".join(lines).encode(),
        25,
        types | {"Valuation": "decimal(12, 2)"},
        {"group_char": ","},
        ("permit",),
    )


def tabs() -> Wild:
    """A table of a database client: tabs, a backslash for null, inches in values."""
    lines = ["id\tname\tsize\tupdated_at"]
    lines += [
        f'{n}\tpipe {n}" wide\t{n if n % 3 else chr(92) + "N"}\t2026-03-01 09:{n:02}:00+00' for n in range(30)
    ]
    types = {"id": "int", "name": "string", "size": "int", "updated_at": "timestamptz"}
    return Wild("pipes.tsv", "\n".join(lines).encode(), 30, types, {"delimiter": "\t"}, ("id",))


def measurements() -> Wild:
    """Measurements without any key, with equal records among them."""
    lines = ["species,island,bill_length_mm,body_mass_g,sex"]
    for number in range(344):
        length = "NA" if number == 3 else f"{32 + number % 27}.{number % 10}"
        species = ("Adelie", "Chinstrap", "Gentoo")[number % 3]
        mass = 2700 + 25 * (number % 144)
        lines.append(
            f"{species},{('Dream', 'Biscoe')[number % 2]},{length},{mass},{('male', 'female')[number % 2]}"
        )
    lines.append(lines[1])
    types = {
        "species": "string",
        "island": "string",
        "bill_length_mm": "double",
        "body_mass_g": "int",
        "sex": "string",
    }
    return Wild("penguins.csv", "\n".join(lines).encode(), 345, types)


def unnamed() -> Wild:
    """A log without a header: bars, positions instead of names."""
    lines = [f"{n}|192.0.2.{n}|2026-03-01T0{n % 10}:00:00Z|{n * 1.5}" for n in range(12)]
    types = {"column_1": "int", "column_2": "string", "column_3": "timestamptz", "column_4": "double"}
    return Wild("log.txt", "\n".join(lines).encode(), 12, types, {"delimiter": "|", "header": False})


def events() -> Wild:
    """Events of an app, one object a line: camel case, milliseconds since 1970, nested values."""
    rows = [
        {
            "eventId": f"e-{n}",
            "createdAt": 1_769_851_800_000 + 60_000 * n,
            "device": {"osName": "iOS", "Screen Size": [390, 844], "tags": {"2026-03-01": n}},
            "items": [{"sku": f"s{n}", "price": n + 0.5}] * (n % 3),
            "naïve": None if n % 2 else "ja",
        }
        for n in range(30)
    ]
    types = {
        "eventId": "string",
        "createdAt": "timestamptz",
        "device": "struct<os_name: string, screen_size: list<long>, tags: map<string, long>>",
        "items": "list<struct<sku: string, price: double>>",
        "naïve": "string",
    }
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    return Wild("events.ndjson", content, 30, types, {}, ("event_id",))


def packed() -> Wild:
    """Answers of an API: arrays of objects, one a line, dates as RFC 822 has them."""
    page = [
        {"@id": f"{page}-{n}", "published": f"Mon, 0{n + 1} Jun 2026 09:30:00 +0000", "ok": n > 1}
        for page in "a"
        for n in range(5)
    ]
    lines = [json.dumps([{**row, "@id": f"{number}{row['@id']}"} for row in page]) for number in range(4)]
    types = {"@id": "string", "published": "timestamptz", "ok": "boolean"}
    return Wild("feed.json", "\n".join(lines).encode(), 20, types, {}, ("id",))


def warehouse() -> Wild:
    """Parquet of a warehouse: decimals, nested and dictionary columns, instants, times of day, durations."""
    count = 12
    line = pa.struct([("Sku", pa.string()), ("qty", pa.int32())])
    loaded = [dt.datetime(2026, 3, 1, n, tzinfo=dt.UTC) for n in range(count)]
    table = pa.table({
        "OrderKey": pa.array(range(count), pa.int64()),
        "Total Price": pa.array([decimal.Decimal(n) for n in range(count)], pa.decimal128(18, 4)),
        "line": pa.array([{"Sku": f"s{n}", "qty": n} for n in range(count)], line),
        "status": pa.array(["open", "paid"] * (count // 2)).dictionary_encode(),
        "loaded_at": pa.array(loaded, pa.timestamp("us", "UTC")),
        "opens": pa.array([dt.time(9, n) for n in range(count)], pa.time64("us")),
        "took": pa.array([dt.timedelta(seconds=n) for n in range(count)], pa.duration("us")),
    })  # fmt: skip
    sink = io.BytesIO()
    pq.write_table(table, sink)
    types = {
        "OrderKey": "long", "Total Price": "decimal(18, 4)", "line": "struct<sku: string, qty: int>",
        "status": "string", "loaded_at": "timestamptz", "opens": "string",
    }  # fmt: skip
    return Wild("lineitem.parquet", sink.getvalue(), count, types, {}, ("order_key",))


def wide() -> Wild:
    """Statistics of an office: years as names, a quote that is no comma, names that come to one."""
    lines = ["Country Name;Country-Name;1990;1991"]
    lines += [f"Land {n};'L;{n}';{n}.5;{n}.25" for n in range(12)]
    types = {"Country Name": "string", "Country-Name": "string", "1990": "double", "1991": "double"}
    return Wild(
        "gdp.csv",
        "\n".join(lines).encode("utf-16"),
        12,
        types,
        {"delimiter": ";", "quote_char": "'", "encoding": "utf-16"},
        ("country_name_2",),
    )


WILD: tuple[Callable[[], Wild], ...] = (
    german, spreadsheet, american, tabs, measurements, unnamed, events, packed, warehouse, wide,
)  # fmt: skip
