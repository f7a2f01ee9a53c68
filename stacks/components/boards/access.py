"""Who asks the lake, and who is refused."""

from stacks.components.boards.widgets import Row, Subject, all_of, found, graph, line, most, numbers, words
from stacks.components.monitoring.key_denials import DENIALS

_MEBIBYTE = 1024**2


def rows(subject: Subject) -> list[Row]:
    """Return the rows of the board."""
    done = _queries(subject, "TotalExecutionTime", "SampleCount", "SUCCEEDED")
    failed = _queries(subject, "TotalExecutionTime", "SampleCount", "FAILED")
    longest = _queries(subject, "TotalExecutionTime", "Maximum", divided_by=1000)
    denials = {"QueueName": subject.stack.naming.resource(DENIALS)}
    denied = line(
        "AWS/SQS", "ApproximateNumberOfMessagesVisible", denials, "by keys, of two weeks", "Maximum"
    )
    return [
        [
            words(
                "Access",
                "Queries of personas, each by its work group, and requests that were refused. `lake access` "
                "tells who may read what.",
            )
        ],
        [
            numbers(
                "Queries",
                all_of(done, "succeeded"),
                all_of(failed, "failed"),
                all_of(scanned(subject), "MiB read"),
            ),
            numbers(
                "Refused requests",
                denied,
                all_of(_requests(subject, "4xxErrors"), "by buckets"),
                all_of(_requests(subject, "AllRequests"), "of requests to buckets"),
            ),
        ],
        [
            graph("Queries that succeeded", "queries", most(done), bars=True),
            graph("Queries that failed", "queries", most(failed), bars=True),
            graph("Longest query", "seconds", most(longest, "MAX")),
        ],
        [
            graph("Read by queries", "MiB", most(scanned(subject)), bars=True),
            graph("Requests to buckets", "requests", most(_requests(subject, "AllRequests")), bars=True),
            graph(
                "Refused requests",
                "requests",
                denied,
                all_of(_requests(subject, "4xxErrors"), "by buckets"),
            ),
        ],
    ]


def scanned(subject: Subject) -> str:
    """Return a search for what queries read, by work group, in MiB."""
    return _queries(subject, "ProcessedBytes", "Sum", divided_by=_MEBIBYTE)


def _queries(subject: Subject, metric: str, statistic: str, state: str = "", *, divided_by: int = 1) -> str:
    """https://docs.aws.amazon.com/athena/latest/ug/query-metrics-viewing.html"""  # noqa: D415
    terms = [subject.named("WorkGroup"), *([f'QueryState="{state}"'] if state else [])]
    dimensions = ("QueryState", "QueryType", "WorkGroup")
    return found("AWS/Athena", dimensions, metric, statistic, *terms, divided_by=divided_by)


def _requests(subject: Subject, metric: str) -> str:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html"""  # noqa: D415
    return found("AWS/S3", ("BucketName", "FilterId"), metric, "Sum", subject.named("BucketName"))
