"""Linters of templates: cfn-lint, the engine of the CDK's own validation, and checkov."""

import json
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from cfnlint import ManualArgs, lint_by_config
from cloudformation_validate import CompositeEngine, ReportStatus, Severity

from config.load import PROJECT_ROOT
from stacks.policies.lake.rules import resources
from tools.policy.exceptions import Exemption
from tools.policy.results import Accepted, Found, Result, judge

CHECKOV = PROJECT_ROOT / ".venv" / "checkov" / "bin" / "checkov"
"""In an environment of its own: its pins do not go with ours."""


def cfn_lint(templates: Sequence[Path], region: str, exempt: Iterable[Exemption]) -> Result:
    """Run cfn-lint."""
    found = lint_by_config(ManualArgs(templates=[str(path) for path in templates], regions=[region]))
    return _judge(
        "cfn-lint",
        [
            Found(each.rule.id, _where(Path(each.filename or ""), _logical_id(each.path)), each.message)
            for each in found
        ],
        exempt,
    )


def validate(templates: Sequence[Path], exempt: Iterable[Exemption]) -> Result:
    """Run cloudformation-validate; what it only remarks upon is no finding."""
    engine, found = CompositeEngine(), []
    for path in templates:
        report = engine.validate_template(str(path))
        if report.status is not ReportStatus.OK:
            found.append(Found("incomplete", _where(path, ""), report.status.name))
        found += [
            Found(each.rule_id, _where(path, each.entity.logical_id if each.entity else ""), each.message)
            for each in report.diagnostics
            if each.severity.value >= Severity.WARN.value
        ]
    return _judge("cloudformation-validate", found, exempt)


def checkov(folder: Path, exempt: Iterable[Exemption]) -> Result:
    """Run checkov without its network.

    Raises:
        FileNotFoundError: It is not installed.
        RuntimeError: It failed, or could not read a template.
    """
    if not CHECKOV.is_file():
        raise FileNotFoundError(f"{CHECKOV} is not there; fix: make setup")
    ran = subprocess.run(
        [str(CHECKOV), "--directory", str(folder), "--framework", "cloudformation", "--skip-download",
         "--compact", "--quiet", "--output", "json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        report = json.loads(ran.stdout)
    except json.JSONDecodeError as error:
        raise RuntimeError(f"checkov ended with {ran.returncode}: {ran.stderr[-2000:]}") from error
    results = report["results"]
    if results.get("parsing_errors") or not report["summary"]["resource_count"]:
        raise RuntimeError(f"checkov could not read {results.get('parsing_errors') or folder}")
    return _judge(
        "checkov",
        [
            Found(
                each["check_id"],
                _where(Path(each["file_path"]), each["resource"].rpartition(".")[2]),
                each["check_name"],
            )
            for each in results["failed_checks"]
        ],
        exempt,
    )


def places(templates: Iterable[Path]) -> list[str]:
    """Return every resource as exceptions name it."""
    return [_where(each.template, each.logical_id) for each in resources(templates)]


def _judge(tool: str, found: Iterable[Found], exempt: Iterable[Exemption]) -> Result:
    own = {each for each in exempt if each.tool == tool}
    return judge(
        tool,
        found,
        [Accepted(each.check, each.resources, each.reason) for each in own],
        lambda accepted, one: Exemption(tool, accepted.rule, accepted.where, "").covers(
            tool, one.rule, one.where
        ),
    )


def _where(template: Path, logical_id: str) -> str:
    return f"{template.name.removesuffix('.template.json')}/{logical_id}"


def _logical_id(path: Iterable[object]) -> str:
    """What a path such as `Resources/Bucket/Properties` is about."""
    parts = [str(part) for part in path]
    return parts[1] if len(parts) > 1 else ""
