-- Who deleted objects, one by one, in a batch or by a rule of their bucket?
-- ? since: first day, as 2026/11/30
-- ? objects: BUCKET/PREFIX%
-- ? since: the same day
-- ? objects: the same objects
SELECT
  eventtime AS at,
  eventname AS operation,
  json_extract_scalar(requestparameters, '$.bucketName') || '/'
    || json_extract_scalar(requestparameters, '$.key') AS object,
  coalesce(useridentity.sessioncontext.sessionissuer.arn, useridentity.arn, useridentity.invokedby) AS who,
  useridentity.arn AS session,
  errorcode AS error
FROM events
WHERE day >= ?
  AND eventsource = 's3.amazonaws.com'
  AND eventname = 'DeleteObject'
  AND json_extract_scalar(requestparameters, '$.bucketName') || '/'
    || json_extract_scalar(requestparameters, '$.key') LIKE ?
UNION ALL
-- CloudTrail names no object of a batch, and tells nothing of rules: the access logs do.
SELECT
  date_format(date_parse(substr(requestdatetime, 1, 20), '%d/%b/%Y:%H:%i:%s'), '%Y-%m-%dT%H:%i:%sZ') AS at,
  operation,
  bucket_name || '/' || url_decode(url_decode(key)) AS object,
  requester AS who,
  requester AS session,
  nullif(errorcode, '-') AS error
FROM access_logs
WHERE day >= ?
  AND operation IN ('BATCH.DELETE.OBJECT', 'S3.EXPIRE.OBJECT', 'S3.CREATE.DELETEMARKER')
  AND bucket_name || '/' || url_decode(url_decode(key)) LIKE ?
ORDER BY 1 DESC
