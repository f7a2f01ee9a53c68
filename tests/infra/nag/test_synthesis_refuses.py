"""What breaks a rule of the lake stops synthesis, and with it each deployment."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_logs as logs

from stacks.policies.packs import plugins


@pytest.mark.parametrize("kept", [True, False])
def test_synthesis_fails_on_a_resource_that_breaks_a_rule_of_the_lake(kept: bool, tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path))
    stack = cdk.Stack(app, "Any")
    key = "arn:aws:kms:eu-west-1:111111111111:key/of-the-lake"
    logs.CfnLogGroup(stack, "Group", kms_key_id=key, retention_in_days=30 if kept else None)
    cdk.Validations.of(app).add_plugins(*plugins(app)[-1:])
    if kept:
        app.synth()
        return
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    assert "it keeps what is logged for ever" in (tmp_path / "validation-report.json").read_text()
