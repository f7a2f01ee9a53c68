"""Partitions by a date with slashes are as many folders, as CloudTrail and S3's access logs have them."""

import json

from local.patches.athena.hive import projection, serializers

PLACE = "s3://logs/AWSLogs/1/CloudTrail/${region}/${day}/"
PARAMETERS = {
    "projection.enabled": "true", "projection.region.type": "enum", "projection.region.values": "us-east-1",
    "projection.day.type": "date", "projection.day.format": "yyyy/MM/dd",
    "projection.day.range": "2026/01/01,NOW+1DAYS",
}  # fmt: skip


def test_date_is_as_many_folders_as_its_format_has() -> None:
    pattern = projection.pattern(PLACE, ["region", "day"], PARAMETERS)
    found = pattern.match("s3://logs/AWSLogs/1/CloudTrail/us-east-1/2026/11/30/file.json.gz")
    assert found
    assert found.groupdict() == {"region": "us-east-1", "day": "2026/11/30"}
    assert all(projection.projected(key, found[key], PARAMETERS) for key in ("region", "day"))
    assert not pattern.match("s3://logs/AWSLogs/1/CloudTrail/us-east-1/2026/file.json.gz")


def test_file_of_cloudtrail_has_a_row_for_each_record_and_others_one_for_each_line() -> None:
    split = serializers.splitter("com.amazon.emr.cloudtrail.CloudTrailInputFormat")
    content = json.dumps({"Records": [{"a": 1}, {"a": 2}]}, indent=1).encode()
    assert [json.loads(line) for line in split(content, 0)] == [{"a": 1}, {"a": 2}]
    plain = serializers.splitter("org.apache.hadoop.mapred.TextInputFormat")
    assert list(plain(b"head\none\ntwo\n", 1)) == ["one", "two"]
