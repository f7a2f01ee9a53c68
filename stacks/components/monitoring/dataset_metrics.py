"""Metrics that jobs and functions publish of each dataset, by the names that dashboards and alarms ask for.

They are in the namespace of `python_function.metrics_namespace`, with one dimension. A metric is billed for
each hour in which anything of it comes, so jobs tell most of them only where there is something to tell; see
`lakehouse_etl.job.aws`.
"""

DIMENSION = "Dataset"
"""Its value is the id of the dataset, `<domain>/<name>`."""

HOURS_SINCE_ARRIVAL = "HoursSinceArrival"
"""Hours since the newest object came; of a product, since its last version. Told by each run."""

HOURS_SINCE_EVENT = "HoursSinceEvent"
"""Hours since the newest event happened. Told by each run of a dataset whose events are timed."""

HOURS_OVERDUE = "HoursOverdue"
"""By how much that is more than the contract promises: since arrival, or since the event where it says so."""

EVENT_DELAY = "EventDelay"
"""Seconds from event to table, of all events that runs brought: ask for p50, p95 and Maximum. Of silver where
events are timed, of gold where those of an input are."""

RECORDS_MISSING = "RecordsMissing"
"""Records of yesterday less than `lake.volume` of the contract expects, if they are less."""
