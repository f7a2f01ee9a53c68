"""Who did what: CloudTrail and S3 access logs, kept under a lock, as tables with ready questions."""
