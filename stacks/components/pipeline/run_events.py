"""States that record the runs of a pipeline's steps, so that a job that never starts is on record as well.

Each puts an object as `lakehouse_etl.lineage.recorder` does for datasets: before the step a START, after it a
COMPLETE or FAIL, with what Glue tells of the job run. If one cannot be put, the pipeline goes on: data
come before their record. The body is a value of JSON, which is to become the content of the object
as JSON; that was not tried on AWS.
https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from typing import Any

from lakehouse.model.dataset import Layer
from lakehouse.targets.run_events import DAY, PRODUCER, RUN_FACET, RUN_FACET_SCHEMA
from stacks.components.pipeline.facts import PipelineFacts

LAYERS = {"BronzeToSilver": Layer.SILVER, "SilverToGold": Layer.GOLD}
"""The layer that each step makes, in whose bucket its events lie."""

_EVENT = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
_ERROR = "https://openlineage.io/spec/facets/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet"

OF_RUN = "function($v, $k) { $k in ['Id', 'ExecutionTime', 'DPUSeconds'] }"
"""What is kept of a job run as Glue describes it."""

_AT = "$at := $fromMillis($toMillis($states.context.State.EnteredTime))"
"""When the state was entered, as `2026-11-30T20:15:00.123Z`."""


def begun(step: str) -> str:
    """Return the name of the state that records a step's start, by which the step is entered."""
    return f"{step}Begins"


def ended(step: str) -> str:
    """Return the name of the state that records a step's success."""
    return f"{step}Completes"


def failed(step: str) -> str:
    """Return the name of the state that records a step's failure."""
    return f"{step}Fails"


def new_runs(facts: PipelineFacts) -> dict[str, str]:
    """Return what assigns each step the id of its run."""
    return dict.fromkeys(facts.steps, "{% $uuid() %}")


def recording(facts: PipelineFacts, step: str, following: str) -> dict[str, Any]:
    """Return the states around a step that record it; `following` comes after it, however it ended."""
    return {
        begun(step): _put(facts, step, "START", "{}", step),
        ended(step): _put(facts, step, "COMPLETE", _of_run("$run"), following),
        failed(step): _put(facts, step, "FAIL", _failure(), following),
    }


def _of_run(run: str) -> str:
    return f"""{{
    'job_run': {run}.Id,
    'seconds': {run}.ExecutionTime,
    'dpu_hours': $exists({run}.DPUSeconds) ? $round({run}.DPUSeconds / 3600, 4)
  }}"""


def _failure() -> str:
    return f"$merge([{_of_run('$failures[-1].run')}, {{'error': $failures[-1].summary}}])"


def _put(facts: PipelineFacts, step: str, kind: str, told: str, following: str) -> dict[str, Any]:
    bucket, prefix = facts.events[step]
    run = f"$runs.{step}"
    key = f"""(
  {_AT};
  '{prefix}{DAY}=' & $substring($at, 0, 10) & '/' & $replace($substring($at, 11, 12), /[:.]/, '')
    & '-{kind}-' & {run} & '-{step}.json'
)"""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
        "Arguments": {
            "Bucket": bucket,
            "Key": f"{{% {key} %}}",
            "ContentType": "application/json",
            "Body": f"{{% {_row(facts, step, kind, told)} %}}",
        },
        "Next": following,
        "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 2}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": following}],
    }


def _row(facts: PipelineFacts, step: str, kind: str, told: str) -> str:
    """Return the row of the table, as JSONata; members without a value are left out."""
    return f"""(
  {_AT};
  $told := {told};
  $known := $merge([{{
    'step': '{step}', 'engine': 'Glue', 'execution': $states.context.Execution.Name
  }}, $told]);
  $merge([$known, {{
    'event_time': $substring($at, 0, 10) & ' ' & $substring($at, 11, 12),
    'event_type': '{kind}',
    'run_id': $runs.{step},
    'event': {{
      'eventTime': $at,
      'eventType': '{kind}',
      'producer': '{PRODUCER}',
      'schemaURL': '{_EVENT}',
      'run': {{'runId': $runs.{step}, 'facets': $merge([
        {{'{RUN_FACET}': $merge([
          {{'_producer': '{PRODUCER}', '_schemaURL': '{RUN_FACET_SCHEMA}'}},
          $sift($known, function($v, $k) {{ $k != 'error' }})
        ])}},
        $exists($known.error) ? {{'errorMessage': {{
          '_producer': '{PRODUCER}', '_schemaURL': '{_ERROR}',
          'message': $known.error, 'programmingLanguage': 'Python'
        }}}} : {{}}
      ])}},
      'job': {{'namespace': '{facts.title}', 'name': '{facts.domain}/{step}', 'facets': {{}}}},
      'inputs': [], 'outputs': []
    }}
  }}])
)"""
