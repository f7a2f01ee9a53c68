-- Who was refused what?
-- ? since: first day, as 2026/11/30
SELECT
  max(eventtime) AS last,
  coalesce(useridentity.sessioncontext.sessionissuer.arn, useridentity.arn, useridentity.invokedby) AS who,
  eventname AS operation,
  eventsource AS service,
  count(*) AS requests,
  min(eventtime) AS first,
  useridentity.arn AS session,
  errorcode AS error,
  errormessage AS message
FROM events
WHERE day >= ?
  AND (
    errorcode LIKE '%AccessDenied%'
    OR errorcode LIKE '%UnauthorizedOperation%'
    OR errorcode IN ('AuthorizationError', 'Client.UnauthorizedOperation', 'NotAuthorized')
  )
GROUP BY 2, 3, 4, 7, 8, 9
ORDER BY 1 DESC
