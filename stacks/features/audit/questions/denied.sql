-- Who was refused what?
-- ? since: first day, as 2026/11/30
SELECT
  min(eventtime) AS first,
  max(eventtime) AS last,
  count(*) AS requests,
  eventsource AS service,
  eventname AS operation,
  coalesce(useridentity.sessioncontext.sessionissuer.arn, useridentity.arn, useridentity.invokedby) AS who,
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
GROUP BY 4, 5, 6, 7, 8, 9
ORDER BY 2 DESC
