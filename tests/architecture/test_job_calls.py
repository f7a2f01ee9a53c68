"""Jobs call nothing of AWS that the boto3 which Glue bundles might lack."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "glue_scripts"
CALLS = {
    "client": {"s3", "secretsmanager", "cloudwatch"},
    "get_paginator": {"list_objects_v2"},
    "paginate": {"Bucket", "Prefix", "StartAfter"},
    "get_object": {"Bucket", "Key", None},  # and Range
    "put_object": {"Bucket", "Key", "Body"},
    "delete_object": {"Bucket", "Key"},
    "get_secret_value": {"SecretId"},
    "put_metric_data": {"Namespace", "MetricData"},
}
"""Operations and their parameters, all older than Secrets Manager, which came in boto3 1.7 (2018).

Ship a newer boto3 with `--extra-py-files` before a job calls anything else; what Glue bundles:
https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python-libraries.html
"""


def test_boto3_is_used_in_one_module_of_the_jobs() -> None:
    users = [path.name for path in PACKAGE.rglob("*.py") if "import boto3" in path.read_text()]
    assert users == ["aws.py"]


def test_jobs_call_only_what_every_boto3_of_glue_has() -> None:
    found: dict[str, set[str | None]] = {}
    for node in ast.walk(ast.parse((PACKAGE / "lakehouse_etl/job/aws.py").read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and _on_client(node.func.value)
        ):
            texts = {
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            }
            found.setdefault(node.func.attr, set()).update(texts, {word.arg for word in node.keywords})
    assert found == CALLS


def _on_client(called: ast.expr) -> bool:
    text = ast.unparse(called)
    return text in ("boto3", "self._s3") or text.startswith(("boto3.client(", "self._s3.get_paginator("))
