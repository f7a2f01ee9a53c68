"""All datasets at a glance: fresh, complete, of what quality, at what cost."""

from aws_cdk import aws_cloudwatch as cloudwatch

from stacks.components.boards.access import scanned
from stacks.components.boards.job import of_functions, of_jobs
from stacks.components.boards.widgets import DATASET, Row, Subject, all_of, found, graph, most, numbers, words


def rows(subject: Subject) -> list[Row]:
    """Return the rows of the board."""
    return [
        [
            words(
                "Estate",
                "Every dataset, those with the most first. `lake status` says what to do, `lake why DATASET` "
                "goes on; `lake cost` tells USD.",
            )
        ],
        _glance(subject),
        *_data(subject),
        _cost(subject),
    ]


def _glance(subject: Subject) -> Row:
    def total(metric: str, label: str, statistic: str = "Sum") -> cloudwatch.MathExpression:
        function = "SUM" if statistic == "Sum" else "MAX"
        return all_of(found(subject.own, DATASET, metric, statistic), label, function)

    return [
        numbers(
            "What came",
            total("RecordsIn", "records in"),
            total("RecordsAccepted", "accepted"),
            total("RecordsRejected", "rejected"),
        ),
        numbers(
            "What is not as promised",
            total("HoursOverdue", "hours overdue, at most", "Maximum"),
            total("HoursWaiting", "hours waiting, at most", "Maximum"),
            total("RulesFailed", "rules failed"),
            total("GateClosed", "gates closed"),
        ),
    ]


def _data(subject: Subject) -> list[Row]:
    def datasets(metric: str, statistic: str = "Sum") -> cloudwatch.SearchExpression:
        return most(found(subject.own, DATASET, metric, statistic), "SUM" if statistic == "Sum" else "MAX")

    return [
        [
            graph(
                "Fresh: hours since the newest data",
                "hours",
                datasets("HoursSinceArrival", "Maximum"),
                width=12,
            ),
            graph("Fresh: hours beyond the promise", "hours", datasets("HoursOverdue", "Maximum"), width=12),
        ],
        [
            graph("Complete: records in", "records", datasets("RecordsIn"), bars=True),
            graph("Complete: rows of products", "rows", datasets("Rows", "Maximum")),
            graph("Complete: hours waiting in bronze", "hours", datasets("HoursWaiting", "Maximum")),
        ],
        [
            graph("Quality: records rejected", "percent", datasets("RejectedPercent", "Maximum")),
            graph("Quality: rules failed", "rules", datasets("RulesFailed"), bars=True),
            graph("Quality: gates closed", "runs", datasets("GateClosed"), bars=True),
        ],
    ]


def _cost(subject: Subject) -> Row:
    """What is billed by use."""
    functions = of_functions(subject, "Duration", divided_by=1000)
    jobs = of_jobs(subject, "glue.driver.aggregate.elapsedTime", divided_by=1000)
    return [
        graph("Cost: time of functions", "seconds", most(functions), bars=True),
        graph("Cost: time of Glue jobs", "seconds", most(jobs), bars=True),
        graph("Cost: read by queries", "MiB", most(scanned(subject)), bars=True),
    ]
