"""Streams: what producers put on them, and how Firehose brings it into bronze."""

from stacks.components.boards.widgets import Row, Subject, all_of, found, graph, most, numbers, words


def rows(subject: Subject) -> list[Row]:
    """Return the rows of the board."""
    put, put_bytes = _kinesis(subject, "IncomingRecords"), _kinesis(subject, "IncomingBytes")
    full = _kinesis(subject, "WriteProvisionedThroughputExceeded")
    delivered = _firehose(subject, "DeliveryToS3.Records")
    unconverted = _firehose(subject, "FailedConversion.Records")
    refused = found(subject.own, ("Stream",), "RefusedRecords")
    age = _kinesis(subject, "GetRecords.IteratorAgeMilliseconds", "Maximum", divided_by=1000)
    return [
        [
            words(
                "Stream",
                "Records from producers to bronze. `lake-ops replay errors` takes up what was refused.",
            )
        ],
        [
            numbers(
                "Kinesis Data Streams",
                all_of(put, "records put"),
                all_of(full, "refused for want of room"),
                all_of(age, "seconds unread, at most", "MAX"),
            ),
            numbers(
                "Data Firehose",
                all_of(delivered, "records in bronze"),
                all_of(refused, "refused"),
                all_of(unconverted, "not converted"),
            ),
        ],
        [
            graph("Put: records", "records", most(put), bars=True),
            graph("Put: volume", "bytes", most(put_bytes), bars=True),
            graph("Put: refused for want of room", "records", most(full), bars=True),
        ],
        [
            graph("Read: age of the oldest unread record", "seconds", most(age, "MAX")),
            graph("Delivered: records", "records", most(delivered), bars=True),
            graph(
                "Delivered: age of the oldest that waits",
                "seconds",
                most(_firehose(subject, "DeliveryToS3.DataFreshness", "Maximum"), "MAX"),
            ),
        ],
        [
            graph("Refused by the transform", "records", most(refused), width=12, bars=True),
            graph("Not converted to Parquet", "records", most(unconverted), width=12, bars=True),
        ],
    ]


def _kinesis(subject: Subject, metric: str, statistic: str = "Sum", divided_by: int = 1) -> str:
    """https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html"""  # noqa: D415
    name = subject.named("StreamName")
    return found("AWS/Kinesis", ("StreamName",), metric, statistic, name, divided_by=divided_by)


def _firehose(subject: Subject, metric: str, statistic: str = "Sum") -> str:
    """https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html"""  # noqa: D415
    name = subject.named("DeliveryStreamName")
    return found("AWS/Firehose", ("DeliveryStreamName",), metric, statistic, name)
