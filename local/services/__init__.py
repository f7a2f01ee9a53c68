"""How an AWS service that the embedded AWS lacks is added to it: API, CloudFormation types, IAM in front.

`docs/add-a-local-service.md` tells how. A service is a class of `service.Service`; a feature names its own in
`SERVICES` of `local/features/<name>`, and `registry.apply` finds them there. Those that every lake has are
packages beside this text: `lakeformation`.
"""
