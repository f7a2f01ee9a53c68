"""Gives a secret a new password or token, in the four steps that Secrets Manager asks for.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""
