"""What a failed pipeline tells people, as JSONata: a mail to read, not a document to decode."""

from stacks.components.pipeline.facts import MESSAGE_LENGTH, FunctionFacts, PipelineFacts
from stacks.components.pipeline.run_events import OF_RUN


def failure(facts: PipelineFacts, step: str) -> str:
    """Return the failures so far and that of this step, with what a person wants to know of it.

    The cause of a failed run is the run as JSON, that of a refused call a sentence.
    """
    job, console = facts.steps[step], f"https://{facts.region}.console.aws.amazon.com"
    runs = f"{console}/gluestudio/home?region={facts.region}#/editor/job/{job}/runs"
    logs = f"{console}/cloudwatch/home?region={facts.region}#logsV2:log-groups/log-group/"
    return f"""(
  $cause := $exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : '';
  $run := $substring($cause, 0, 1) = '{{' ? $parse($cause) : {{}};
  $reason := $substring(
    $exists($run.ErrorMessage) ? $run.ErrorMessage
    : $exists($run.JobRunState) ? 'the run ended as ' & $run.JobRunState : $cause, 0, {MESSAGE_LENGTH});
  $group := $exists($run.LogGroupName) ? $run.LogGroupName & '/error' : '';
  $log := $group = '' ? '{runs}'
    : '{logs}' & $join($split($group, '/'), '$252F') & '/log-events/' & $run.Id;
  $append($failures, {{
    'error': $states.errorOutput.Error,
    'run': $merge([$sift($run, {OF_RUN})]),
    'summary': '{step}: ' & $reason,
    'text': '{step} (job {job}' & ($exists($run.Id) ? ', run ' & $run.Id : '') & ')\\n  '
      & $states.errorOutput.Error & '\\n  ' & $join($split($reason, ' | '), '\\n  ') & '\\n  Log: ' & $log
  }})
)"""


NOT_FIT = "NotFit"
"""Error of an execution whose first failure is a verdict of the function about data."""


def unfit(facts: PipelineFacts, function: FunctionFacts) -> str:
    """Return the failures so far and those of datasets that the function found not fit for use."""
    group = f"/aws/lambda/{function.name}".replace("/", "$252F")
    log = (
        f"https://{facts.region}.console.aws.amazon.com/cloudwatch/home?region={facts.region}"
        f"#logsV2:log-groups/log-group/{group}"
    )
    return f"""(
  $append($failures, $states.result[unfit != ''].(
    $reason := $substring(unfit, 0, {MESSAGE_LENGTH});
    {{
      'error': '{NOT_FIT}',
      'summary': 'Function: ' & $reason,
      'text': 'Function (' & dataset & ')\\n  {NOT_FIT}\\n  '
        & $join($split($reason, ' | '), '\\n  ') & '\\n  Log: {log}'
    }}
  ))
)"""


def mail(facts: PipelineFacts) -> str:
    """Return the text about all failures of an execution."""
    execution = (
        f"https://{facts.region}.console.aws.amazon.com/states/home?region={facts.region}"
        "#/v2/executions/details/"
    )
    return f"""(
  'The pipeline of {facts.domain} failed in {facts.title}.\\n\\n'
  & $join($failures.text, '\\n\\n')
  & '\\n\\nExecution: {execution}' & $states.context.Execution.Id
  & '\\nStarted: ' & $states.context.Execution.StartTime
  & '\\n\\nNothing is lost: data waits in bronze, and products keep their last good version.'
  & '\\nLook the message up in docs/runbook.md, mend the cause, then run:'
  & '\\n  lake-ops redrive pipeline {facts.domain} --env {facts.environment}\\n'
)"""
