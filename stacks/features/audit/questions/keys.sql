-- Who used a key, known by its ARN or by what it encrypts, such as a bucket?
-- ? since: first day, as 2026/11/30
-- ? key: part of the ARN of the key
-- ? key: or of the encryption context
SELECT
  min(eventtime) AS first,
  max(eventtime) AS last,
  count(*) AS requests,
  eventname AS operation,
  element_at(resources, 1).arn AS key,
  json_extract_scalar(requestparameters, '$.encryptionContext["aws:s3:arn"]') AS encrypts,
  coalesce(useridentity.sessioncontext.sessionissuer.arn, useridentity.arn, useridentity.invokedby) AS who,
  useridentity.arn AS session,
  errorcode AS error
FROM events
WHERE day >= ?
  AND eventsource = 'kms.amazonaws.com'
  AND eventname IN ('Decrypt', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncrypt')
  AND (strpos(element_at(resources, 1).arn, ?) > 0 OR strpos(requestparameters, ?) > 0)
GROUP BY 4, 5, 6, 7, 8, 9
ORDER BY 2 DESC
