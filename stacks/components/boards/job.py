"""What does the work: functions, and Glue jobs."""

from stacks.components.boards.widgets import DATASET, Row, Subject, all_of, found, graph, most, numbers, words

_STAGES = "glue.driver.aggregate.numCompletedStages"
_FAILED = "glue.driver.aggregate.numFailedTasks"
_HEAP = "glue.ALL.jvm.heap.usage"


def rows(subject: Subject) -> list[Row]:
    """Return the rows of the board."""
    longest = of_functions(subject, "Duration", "Maximum", divided_by=1000)

    def datasets(metric: str) -> str:
        return found(subject.own, DATASET, metric)

    return [
        [
            words(
                "Job",
                "Functions and Glue jobs. `lake runs` lists what each brought, `lake logs` what it said.",
            )
        ],
        [
            numbers(
                "Functions",
                all_of(of_functions(subject, "Invocations"), "runs"),
                all_of(of_functions(subject, "Errors"), "errors"),
                all_of(of_functions(subject, "Throttles"), "throttled"),
            ),
            numbers(
                "Glue jobs",
                all_of(of_jobs(subject, _STAGES), "stages completed"),
                all_of(of_jobs(subject, _FAILED), "tasks failed"),
                all_of(of_jobs(subject, _HEAP, "Maximum"), "share of heap, at most", "MAX"),
            ),
        ],
        [
            graph("Functions: runs", "runs", most(of_functions(subject, "Invocations")), bars=True),
            graph("Functions: longest run", "seconds", most(longest, "MAX")),
            graph("Functions: errors", "errors", most(of_functions(subject, "Errors")), bars=True),
        ],
        [
            graph("Jobs: stages completed", "stages", most(of_jobs(subject, _STAGES)), bars=True),
            graph("Jobs: heap taken", "share", most(of_jobs(subject, _HEAP, "Maximum"), "MAX")),
            graph("Jobs: tasks that failed", "tasks", most(of_jobs(subject, _FAILED)), bars=True),
        ],
        [
            graph("Records accepted", "records", most(datasets("RecordsAccepted")), bars=True),
            graph("Records superseded", "records", most(datasets("RecordsSuperseded")), bars=True),
            graph("Tables maintained", "tables", most(datasets("TablesMaintained")), bars=True),
        ],
    ]


def of_functions(subject: Subject, metric: str, statistic: str = "Sum", divided_by: int = 1) -> str:
    """Return a search for a metric of the lake's functions, by name.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    """
    name = subject.named("FunctionName")
    return found("AWS/Lambda", ("FunctionName",), metric, statistic, name, divided_by=divided_by)


def of_jobs(subject: Subject, metric: str, statistic: str = "Sum", divided_by: int = 1) -> str:
    """Return a search for a metric of the lake's Glue jobs, by name, of all runs together.

    https://docs.aws.amazon.com/glue/latest/dg/monitoring-awsglue-with-cloudwatch-metrics.html
    """
    terms = (subject.named("JobName"), 'JobRunId="ALL"')
    return found("Glue", ("JobName", "JobRunId", "Type"), metric, statistic, *terms, divided_by=divided_by)
