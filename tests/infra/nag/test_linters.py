"""No linter of templates finds anything but what an exception names, and each exception names something."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from stacks.features.registry import features
from tests.fixtures.environments import LIVE, Environment
from tools.policy.exceptions import exceptions, present
from tools.policy.linters import places, validate

EVERYTHING = replace(LIVE, features=tuple(features()))


def test_cloudformation_validate_finds_nothing(
    framework_environment: Environment, assemble: Callable[..., Path]
) -> None:
    templates = sorted(assemble(framework_environment).glob("*.template.json"))
    result = validate(templates, present(exceptions(framework_environment.settings), places(templates)))
    assert result.raw
    assert list(result.open) == []
    assert list(result.stale) == []


def test_cloudformation_validate_tells_a_template_that_is_wrong(tmp_path: Path) -> None:
    template = tmp_path / "Wrong.template.json"
    template.write_text(
        '{"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketNam": 1}}}}'
    )
    assert "BucketNam" in str(validate([template], []).open)


def test_exceptions_of_the_lake_name_resources_that_there_are(assemble: Callable[..., Path]) -> None:
    every = list(exceptions(LIVE.settings))
    assert present(every, places(assemble(EVERYTHING).glob("*.template.json"))) == every
