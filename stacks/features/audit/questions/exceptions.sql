-- Who broke the glass over bronze, read tokens back, repaired rows or erased somebody?
-- ? since: first day, as 2026/11/30
SELECT
  eventtime AS at,
  coalesce(useridentity.sessioncontext.sessionissuer.arn, useridentity.arn, useridentity.invokedby) AS who,
  CASE
    WHEN eventsource = 'secretsmanager.amazonaws.com' THEN 'read the key of tokens'
    WHEN eventsource = 's3.amazonaws.com' THEN 'deleted from bronze, or opened it'
    ELSE 'became a role that may'
  END AS what,
  eventname AS operation,
  useridentity.arn AS session,
  requestparameters AS request,
  errorcode AS error
FROM events
WHERE day >= ?
  AND (
    (
      eventsource = 'secretsmanager.amazonaws.com'
      AND eventname = 'GetSecretValue'
      AND strpos(json_extract_scalar(requestparameters, '$.secretId'), '{token_secret}') > 0
    )
    OR (
      eventsource = 's3.amazonaws.com'
      AND eventname IN (
        'DeleteBucketPolicy', 'DeleteObject', 'DeleteObjects', 'PutBucketLifecycle', 'PutBucketPolicy',
        'PutBucketReplication', 'PutBucketVersioning'
      )
      AND json_extract_scalar(requestparameters, '$.bucketName') = '{bronze}'
    )
    OR (
      eventsource = 'sts.amazonaws.com'
      AND eventname LIKE 'AssumeRole%'
      AND json_extract_scalar(requestparameters, '$.roleArn') IN ('{detokenizer}', '{eraser}', '{repairer}')
    )
  )
ORDER BY 1 DESC
