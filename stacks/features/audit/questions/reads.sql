-- Who read a table by queries, and who its files?
-- ? since: first day, as 2026/11/30
-- ? table: %:table/DATABASE/TABLE
-- ? files: BUCKET/FOLDER/%
SELECT
  min(eventtime) AS first,
  max(eventtime) AS last,
  count(*) AS requests,
  CASE eventname WHEN 'GetDataAccess' THEN 'table' ELSE 'files' END AS what,
  coalesce(
    json_extract_scalar(additionaleventdata, '$.lakeFormationPrincipal'),
    useridentity.sessioncontext.sessionissuer.arn,
    useridentity.arn,
    useridentity.invokedby
  ) AS who,
  useridentity.arn AS session,
  json_extract_scalar(additionaleventdata, '$.lakeFormationRoleSessionName') AS reads_files_as
FROM events
WHERE day >= ?
  AND errorcode IS NULL
  AND (
    (
      eventsource = 'lakeformation.amazonaws.com'
      AND eventname = 'GetDataAccess'
      AND json_extract_scalar(requestparameters, '$.tableArn') LIKE ?
    )
    OR (
      eventsource = 's3.amazonaws.com'
      AND eventname = 'GetObject'
      AND json_extract_scalar(requestparameters, '$.bucketName') || '/'
        || json_extract_scalar(requestparameters, '$.key') LIKE ?
    )
  )
GROUP BY 4, 5, 6, 7
ORDER BY 2 DESC
