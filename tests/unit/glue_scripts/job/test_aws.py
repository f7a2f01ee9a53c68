import os

import pytest
from botocore.exceptions import NoCredentialsError
from lakehouse_etl.job import aws


def test_metrics_are_sent_only_when_there_is_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.publish_counts("Lake", "shop/totals", {}, None)
    with pytest.raises(NoCredentialsError):  # so the call before asked for none
        aws.publish_counts("Lake", "shop/totals", {"Rows": 0}, None)
