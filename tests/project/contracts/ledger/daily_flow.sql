SELECT
    logs.logged_on,
    CAST(SUM(logs.entries) AS BIGINT) AS entries,
    CAST(MAX(COALESCE(booked.bookings, 0)) AS BIGINT) AS bookings
FROM gold_power_plant.daily_logs AS logs
LEFT JOIN (
    SELECT booked_on, COUNT(*) AS bookings
    FROM silver_ledger.bookings
    GROUP BY booked_on
) AS booked ON booked.booked_on = logs.logged_on
GROUP BY logs.logged_on
