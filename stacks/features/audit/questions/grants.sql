-- Who changed what somebody may do: grants, tags, filters, policies of roles, buckets and keys?
-- ? since: first day, as 2026/11/30
SELECT
  eventtime AS at,
  eventsource AS service,
  eventname AS operation,
  coalesce(useridentity.sessioncontext.sessionissuer.arn, useridentity.arn, useridentity.invokedby) AS who,
  useridentity.arn AS session,
  requestparameters AS request,
  errorcode AS error
FROM events
WHERE day >= ?
  AND (
    (
      eventsource = 'lakeformation.amazonaws.com'
      AND eventname IN (
        'AddLFTagsToResource', 'BatchGrantPermissions', 'BatchRevokePermissions', 'CreateDataCellsFilter',
        'CreateLakeFormationOptIn', 'DeleteDataCellsFilter', 'DeleteLakeFormationOptIn', 'DeregisterResource',
        'GrantPermissions', 'PutDataLakeSettings', 'RegisterResource', 'RemoveLFTagsFromResource',
        'RevokePermissions', 'UpdateDataCellsFilter', 'UpdateResource'
      )
    )
    OR (
      eventsource = 'iam.amazonaws.com'
      AND eventname IN (
        'AddUserToGroup', 'AttachGroupPolicy', 'AttachRolePolicy', 'AttachUserPolicy', 'CreateAccessKey',
        'CreatePolicyVersion', 'DeleteRolePermissionsBoundary', 'DeleteRolePolicy', 'DetachGroupPolicy',
        'DetachRolePolicy', 'DetachUserPolicy', 'PutGroupPolicy', 'PutRolePermissionsBoundary',
        'PutRolePolicy', 'PutUserPolicy', 'SetDefaultPolicyVersion', 'UpdateAssumeRolePolicy'
      )
    )
    OR (
      eventsource = 's3.amazonaws.com'
      AND eventname IN (
        'DeleteBucketPolicy', 'PutBucketAcl', 'PutBucketPolicy', 'PutBucketPublicAccessBlock', 'PutObjectAcl'
      )
    )
    OR (
      eventsource = 'kms.amazonaws.com'
      AND eventname IN ('CreateGrant', 'PutKeyPolicy', 'RetireGrant', 'RevokeGrant')
    )
    OR (
      eventsource IN ('glue.amazonaws.com', 'secretsmanager.amazonaws.com')
      AND eventname IN ('DeleteResourcePolicy', 'PutResourcePolicy')
    )
    OR (
      eventsource = 'cloudtrail.amazonaws.com'
      AND eventname IN ('DeleteTrail', 'PutEventSelectors', 'StopLogging', 'UpdateTrail')
    )
  )
ORDER BY 1 DESC
