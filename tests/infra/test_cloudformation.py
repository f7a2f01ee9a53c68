"""CloudFormation's own linter has nothing against any template that is deployed."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from cfnlint import ManualArgs, lint_by_config

from tests.fixtures.environments import Environment

IGNORED = {
    "W3005": "dependencies say that a role comes with its policies; that the role is named too does no harm",
}
"""Rules that do not hold here, and why."""


def _findings(templates: Iterable[Path], region: str, ignored: Iterable[str] = IGNORED) -> list[str]:
    found = lint_by_config(
        ManualArgs(templates=[str(path) for path in templates], regions=[region], ignore_checks=[*ignored])
    )
    return [
        f"{Path(each.filename or '').name}: {each.rule.id} {each.message} at {'/'.join(map(str, each.path))}"
        for each in found
    ]


def test_templates_are_as_cloudformation_takes_them(
    framework_environment: Environment, assemble: Callable[..., Path]
) -> None:
    templates = sorted(assemble(framework_environment).glob("*.template.json"))
    assert templates
    assert _findings(templates, framework_environment.settings.region) == []


def test_template_is_refused_when_a_property_does_not_exist(tmp_path: Path) -> None:
    template = tmp_path / "Wrong.template.json"
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketNam": "wrong"}}
    template.write_text(json.dumps({"Resources": {"Bucket": bucket}}))
    [finding] = _findings([template], "eu-west-1")
    assert finding.startswith("Wrong.template.json: E3002")
    assert "BucketNam" in finding
    assert finding.endswith("at Resources/Bucket/Properties/BucketNam")
