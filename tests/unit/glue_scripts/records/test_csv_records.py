"""CSV records: columns by name, null tokens, line breaks in values, headers of no use."""

import gzip
from typing import Any

import pytest
from lakehouse_etl.contract.reasons import KEPT_CHARACTERS, MAX_RECORD_BYTES

from tests.unit.glue_scripts.bench import Bench, MakeBench

pytestmark = pytest.mark.spark
FIELDS = {"id": "string", "name": "string", "size": "int"}


def _bench(make_bench: MakeBench, **options: Any) -> Bench:
    bronze = {"format": "csv", "null_token": "NA"}
    return make_bench(FIELDS, rules={"id": {"required": True}}, bronze=bronze, **options)


def test_columns_are_mapped_by_name_whatever_their_order(make_bench: MakeBench) -> None:
    bench = _bench(make_bench)
    bench.put(b"id,name,size\na,Anna,1\n")
    bench.put(b"size,extra,id,name\n2,x,b,Bob\n")
    bench.run()
    assert bench.rows() == [
        {"id": "a", "name": "Anna", "size": 1},
        {"id": "b", "name": "Bob", "size": 2},
    ]


def test_null_token_and_empty_text_are_null(make_bench: MakeBench) -> None:
    bench = _bench(make_bench)
    bench.put(b"id,name,size\na,NA,NA\nb,,\n")
    bench.run()
    assert [(row["name"], row["size"]) for row in bench.rows()] == [(None, None), (None, None)]


def test_quoted_values_keep_commas_quotes_and_line_breaks(make_bench: MakeBench) -> None:
    bench = _bench(make_bench)
    bench.put(b'id,name,size\r\na,"x, ""y""\r\nz",1\r\nb,c,2\r\n', "q.csv.gz")
    bench.run()
    assert [row["name"] for row in bench.rows()] == ['x, "y"\r\nz', "c"]


def test_byte_order_mark_is_no_part_of_the_first_column(make_bench: MakeBench) -> None:
    bench = _bench(make_bench)
    bench.put(b"\xef\xbb\xbfid,name,size\na,b,1\n")
    bench.run()
    assert [row["id"] for row in bench.rows()] == ["a"]


def test_record_of_another_width_is_rejected_alone(make_bench: MakeBench) -> None:
    bench = _bench(make_bench)
    bench.put(b"id,name,size\na,b,1\nshort\nc,d,2,long\ne,f,x\n")
    result = bench.run()
    assert [row["id"] for row in bench.rows()] == ["a"]
    assert result.reasons == {"malformed_csv": 2, "wrong_type": 1}
    assert [row["position"] for row in bench.rejected()] == [2, 3, 4]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name,size\na,1\n", "missing_column"),
        (b"id,id,size\na,b,1\n", "bad_header"),
        (b"a,b,1\nc,d,2\n", "bad_header"),
    ],
    ids=["column missing", "column twice", "no header"],
)
def test_object_with_a_useless_header_is_rejected_alone(
    make_bench: MakeBench, content: bytes, reason: str
) -> None:
    bench = _bench(make_bench)
    bench.put(content)
    bench.put(b"id,name,size\ngood,b,1\n")
    result = bench.run()
    assert [row["id"] for row in bench.rows()] == ["good"]
    assert set(result.reasons) == {reason}
    assert result.counts.rejected == len(content.splitlines())


def test_unknown_columns_are_rescued_and_make_another_version(make_bench: MakeBench) -> None:
    bench = _bench(make_bench, unknown_fields="rescue")
    bench.put(b'id,name,size,Extra,a.b\na,Anna,1,"x ""y""",NA\nb,Bob,2,,\n')
    bench.put(b"a.b,Extra,id\n7,8,a\n")
    bench.put(b"id,size\nc,1\n")
    assert bench.run().counts.superseded == 1
    rows = bench.table(bench.dataset.silver_table).orderBy("id").collect()
    assert [row["_rescued"] for row in rows[1:]] == [None, None]
    assert rows[0]["_rescued"] in ('{"Extra":"x \\"y\\""}', '{"Extra":"8","a.b":"7"}')


def test_object_with_an_unknown_column_is_rejected_alone_when_the_contract_says_so(
    make_bench: MakeBench,
) -> None:
    bench = _bench(make_bench, unknown_fields="reject")
    bench.put(b"id,name,size,extra\na,Anna,1,x\n")
    bench.put(b"size,id\n1,b\n")
    assert bench.run().reasons == {"unknown_field": 2}
    assert [row["id"] for row in bench.rows()] == ["b"]


FAULTY = [
    (b"a,b", "malformed_csv"),
    (b"a,b,1,2", "malformed_csv"),
    (b'a,"b"c,1', "malformed_csv"),
    (b"a,b\x00,1", "malformed_csv"),
    (b"a,\xff,1", "not_utf8"),
    (b"a,b,2147483648", "overflow"),
    (b"a,b, 1", "wrong_type"),
    (b",b,1", "missing_required"),
    (b'a,"' + b"x" * MAX_RECORD_BYTES + b'",1', "oversized_record"),
    (b'a,"b,1\nlast', "malformed_csv"),
]


def test_faulty_record_is_kept_as_it_came_whatever_ends_its_lines(make_bench: MakeBench) -> None:
    bench = _bench(make_bench)
    good = 'g,"ü\r",1'.encode()
    bench.put(b"id,name,size\r" + b"\n".join([good, b" ", *(line for line, _ in FAULTY)]))
    bench.run()
    assert [row["name"] for row in bench.rows()] == ["ü\r"]
    rejected = bench.rejected()
    assert [row["reason"] for row in rejected] == [reason for _, reason in FAULTY]
    assert [row["raw"] for row in rejected] == [
        line.decode(errors="replace")[:KEPT_CHARACTERS] for line, _ in FAULTY
    ]
    assert [row["position"] for row in rejected] == list(range(2, 2 + len(FAULTY)))


@pytest.mark.parametrize(
    ("content", "reason", "records"),
    [
        ("id,name,size\na,b,1\n".encode("utf-16"), "not_utf8", 3),
        (b'id,"name,size\na,b,1\n', "bad_header", 1),
        (b"id,name,\na,b,1\n", "bad_header", 2),
    ],
    ids=["UTF-16", "open quote", "empty name"],
)
def test_object_is_rejected_line_by_line_when_its_header_cannot_be_read(
    make_bench: MakeBench, content: bytes, reason: str, records: int
) -> None:
    bench = _bench(make_bench)
    bench.put(content)
    assert bench.run().reasons == {reason: records}


def test_damaged_gzip_is_one_record(make_bench: MakeBench) -> None:
    bench = _bench(make_bench)
    whole = gzip.compress(b"id,name,size\n" + b"a,b,1\n" * 1000)
    bench.put(b"", "cut.csv.gz", hour=0).write_bytes(whole[:-20])
    bench.put(b"", "none.csv.gz", hour=0).write_bytes(b"no gzip")
    bench.put(b"id,name,size\ngood,b,1\n", "good.csv.gz", hour=0)
    assert bench.run().reasons == {"unreadable_file": 2}
    assert [row["id"] for row in bench.rows()] == ["good"]
