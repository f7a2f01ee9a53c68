"""What jobs log: reports as lines of JSON to standard output, warnings and errors to standard error.

Glue puts the two into log groups of their own, `output` and `error`.
https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging-view.html
"""

import json
import logging
import sys


class _Streams(logging.Handler):
    """Writes to the standard streams as they are at the time; Glue shows each line as soon as it is there."""

    def emit(self, record: logging.LogRecord) -> None:
        stream = sys.stdout if record.levelno < logging.WARNING else sys.stderr
        stream.write(f"{self.format(record)}\n")
        stream.flush()


logger = logging.getLogger("lakehouse_etl")
logger.setLevel(logging.INFO)
logger.propagate = False  # whatever else has set logging up would write each line again
logger.addHandler(_Streams())


def report(**facts: object) -> None:
    """Log facts, which JSON must have a form for, as one line that programs can read."""
    logger.info(json.dumps(facts))
