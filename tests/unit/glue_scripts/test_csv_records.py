"""CSV records: columns by name, null tokens, line breaks in values, headers of no use."""

import pytest

pytestmark = pytest.mark.spark
FIELDS = {"id": "string", "name": "string", "size": "int"}


def _bench(make_bench):
    return make_bench(FIELDS, rules={"id": {"required": True}}, bronze={"format": "csv", "null_token": "NA"})


def test_columns_are_mapped_by_name_whatever_their_order(make_bench) -> None:
    bench = _bench(make_bench)
    bench.put(b"id,name,size\na,Anna,1\n")
    bench.put(b"size,extra,id,name\n2,x,b,Bob\n")
    bench.run()
    assert bench.rows() == [
        {"id": "a", "name": "Anna", "size": 1},
        {"id": "b", "name": "Bob", "size": 2},
    ]


def test_null_token_and_empty_text_are_null(make_bench) -> None:
    bench = _bench(make_bench)
    bench.put(b"id,name,size\na,NA,NA\nb,,\n")
    bench.run()
    assert [(row["name"], row["size"]) for row in bench.rows()] == [(None, None), (None, None)]


def test_quoted_values_keep_commas_quotes_and_line_breaks(make_bench) -> None:
    bench = _bench(make_bench)
    bench.put(b'id,name,size\r\na,"x, ""y""\r\nz",1\r\nb,c,2\r\n', "q.csv.gz")
    bench.run()
    names = [row["name"] for row in bench.rows()]
    assert names[0].replace("\r\n", "\n") == 'x, "y"\nz'
    assert names[1] == "c"


def test_byte_order_mark_is_no_part_of_the_first_column(make_bench) -> None:
    bench = _bench(make_bench)
    bench.put(b"\xef\xbb\xbfid,name,size\na,b,1\n")
    bench.run()
    assert [row["id"] for row in bench.rows()] == ["a"]


def test_record_of_another_width_is_rejected_alone(make_bench) -> None:
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
def test_object_with_a_useless_header_is_rejected_alone(make_bench, content: bytes, reason: str) -> None:
    bench = _bench(make_bench)
    bench.put(content)
    bench.put(b"id,name,size\ngood,b,1\n")
    result = bench.run()
    assert [row["id"] for row in bench.rows()] == ["good"]
    assert set(result.reasons) == {reason}
    assert result.counts.rejected == len(content.splitlines())
