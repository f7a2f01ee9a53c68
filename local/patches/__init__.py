"""What the emulator lacks and the lake needs, one module per gap, each proven by a test of its own.

The patches replace private functions of one exact release, so any other release is refused.
"""

from importlib import import_module
from importlib.metadata import version

SUPPORTED = "1.5.33"
"""The release of ministack that the patches were written for and tested against."""

_MODULES = (
    "request_operations",
    "request_signatures",
    "root_credentials",
    "lambda_credentials",
    "s3_subresources",
    "recorded_resources",
    "glue_jobs",
    "stepfunctions_roles",
    "stepfunctions_glue",
    "stepfunctions_sns",
    "stepfunctions_executions",
    "pipes_queues",
    "eventbridge_fifo",
    "glue_iceberg_tables",
    "firehose_buffer",
    "athena",
    "glue_access",
    "cloudwatch_namespace",
    "secret_reference",
    "log_streams",
    "bucket_deletion",
    "bucket_encryption",
    "bucket_lifecycle",
    "kms_use",
    "apigateway_templates",
    "apigateway_kinesis",
    "apigateway_mock",
    "apigateway_validation",
    "object_parts",
    "sqs_move_task",
    "sqs_batches",
)


class UnsupportedEmulatorError(RuntimeError):
    """The installed ministack is not the release that the patches fit."""


def apply() -> None:
    """Apply every patch; must run before the first request.

    Raises:
        UnsupportedEmulatorError: Another release of ministack is installed.
    """
    installed = version("ministack")
    if installed != SUPPORTED:
        raise UnsupportedEmulatorError(
            f"ministack {installed} is installed; the patches fit {SUPPORTED} alone: install the locked "
            "requirements, or adapt local/patches and run tests/local/patches"
        )
    for name in _MODULES:  # imported only now, as another release may lack what they import
        import_module(f"{__name__}.{name}").apply()
