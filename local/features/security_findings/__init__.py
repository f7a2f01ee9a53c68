"""Security services on the laptop: they find nothing, and send the events that AWS documents when asked to.

As on AWS, `aws guardduty create-sample-findings` and `aws macie2 create-sample-findings` make findings, and
`aws securityhub batch-import-findings` takes them from anybody who may send them. Inspector and Config have
no such call: the launcher sends samples of theirs, by `POST /_lake/security-findings`.
"""

from local.features.security_findings.services import GuardDuty, Macie, SecurityHub

SERVICES = (GuardDuty, Macie, SecurityHub)
