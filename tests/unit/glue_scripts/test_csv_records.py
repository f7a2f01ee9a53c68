"""CSV records: columns by name, null tokens, line breaks in values, headers of no use."""

import pytest

pytestmark = pytest.mark.spark
FIELDS = {"id": "string", "name": "string", "size": "int"}


def _bench(make_bench, **options):
    bronze = {"format": "csv", "null_token": "NA"}
    return make_bench(FIELDS, rules={"id": {"required": True}}, bronze=bronze, **options)


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


def test_unknown_columns_are_rescued_and_make_another_version(make_bench) -> None:
    bench = _bench(make_bench, unknown_fields="rescue")
    bench.put(b'id,name,size,Extra,a.b\na,Anna,1,"x ""y""",NA\nb,Bob,2,,\n')
    bench.put(b"a.b,Extra,id\n7,8,a\n")
    bench.put(b"id,size\nc,1\n")
    assert bench.run().counts.superseded == 1
    rows = bench.table(bench.dataset.silver_table).orderBy("id").collect()
    assert [row["_rescued"] for row in rows[1:]] == [None, None]
    assert rows[0]["_rescued"] in ('{"Extra":"x \\"y\\""}', '{"Extra":"8","a.b":"7"}')


def test_object_with_an_unknown_column_is_rejected_alone_when_the_contract_says_so(make_bench) -> None:
    bench = _bench(make_bench, unknown_fields="reject")
    bench.put(b"id,name,size,extra\na,Anna,1,x\n")
    bench.put(b"size,id\n1,b\n")
    assert bench.run().reasons == {"unknown_field": 2}
    assert [row["id"] for row in bench.rows()] == ["b"]
