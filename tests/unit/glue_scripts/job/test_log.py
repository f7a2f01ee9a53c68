import json

import pytest
from lakehouse_etl.job.log import logger, report


def test_report_is_one_line_of_json_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    report(dataset="orders", reasons={"no\nJSON": 1})
    said = capsys.readouterr()
    assert json.loads(said.out) == {"dataset": "orders", "reasons": {"no\nJSON": 1}}
    assert (said.out.count("\n"), said.err) == (1, "")


def test_error_is_on_standard_error_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    logger.error("%s failed", "orders", exc_info=ValueError("no such table"))
    said = capsys.readouterr()
    assert said.err == "orders failed\nValueError: no such table\n"
    assert said.out == ""
