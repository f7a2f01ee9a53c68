"""How CloudWatch decides about alarms, by its documentation: pure, without the embedded AWS.

`local.patches.cloudwatch.alarms` has the embedded AWS decide by it; tests of templates feed it metrics.
"""
