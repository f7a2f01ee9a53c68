"""The model of a dataset: what its contract says, in the form that stacks and jobs use.

Imports neither the CDK nor boto3, so that contracts can be checked and compiled anywhere.
"""
