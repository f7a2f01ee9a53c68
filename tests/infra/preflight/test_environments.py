"""Every environment, shipped or of the tests, can be deployed for the first time."""

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest

from config.faults import InvalidInputError
from config.load import PROJECT_ROOT
from stacks.components.functions import native_layer
from tests.fixtures.environments import LIVE, OWN
from tools.assembly.assembly import Assembly
from tools.assembly.folder import read, synthesized
from tools.preflight.run import look


def test_nothing_is_found_in_an_environment(assembly: Assembly) -> None:
    answers = look(assembly, PROJECT_ROOT)
    assert [(each.where, each.edge, each.why) for each in answers.findings] == []


def test_environment_is_synthesized_as_the_command_line_of_the_cdk_does_it(
    build_app: Callable[..., cdk.App], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = OWN[0]
    monkeypatch.setattr(native_layer, "LAYERS", PROJECT_ROOT / ".build" / "layers")
    with synthesized(environment.name, PROJECT_ROOT) as folder:
        made = {each.id: each.template for each in read(folder)}
    assert made == {each.id: each.template for each in read(Path(build_app(environment).synth().directory))}


def test_environment_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InvalidInputError), synthesized("nowhere", PROJECT_ROOT):
        pass


ASKED = """
Alarm → SNS, Alarm → SNS → KMS, Athena results, CloudFormation → Lambda,
EventBridge → SQS, Firehose → Glue, Firehose → Kinesis, Firehose → Lambda, Firehose → Logs, Firehose → S3,
Firehose → S3 → KMS, Glue → Lake Formation, Glue → Logs, Glue → S3, Glue → catalog, Kinesis → KMS, Lambda →
Logs, Lambda → SQS, Logs → KMS, Pipes → SQS, Pipes → Step Functions, S3 access logs → S3, S3 → EventBridge,
Scheduler → Glue, Scheduler → Step Functions, Step Functions → Glue, Step Functions → Lambda, Step Functions →
Logs, Step Functions → SNS, object → KMS, object → list, quotas, secret → KMS, trust of Firehose, trust of
Glue, trust of Lambda, trust of Pipes, trust of Scheduler, trust of Step Functions
"""


def test_every_kind_is_asked_about_where_everything_is_on(assemble: Callable[..., Path]) -> None:
    answers = look(Assembly.of_folder(assemble(LIVE)), PROJECT_ROOT)
    assert answers.unknown == {}
    kinds = [kind.strip() for kind in ASKED.replace("\n", " ").split(",")]
    assert [kind for kind in kinds if not answers.asked[kind]] == []
