WITH measured AS (
    SELECT
        CAST(measured_at AS DATE) AS day,
        ward,
        device_id,
        COUNT(*) AS measurements
    FROM silver_devices.vitals
    GROUP BY CAST(measured_at AS DATE), ward, device_id
),

raised AS (
    SELECT
        CAST(occurred_at AS DATE) AS day,
        device_id,
        COUNT(*) AS alarms
    FROM silver_devices.device_events
    WHERE kind = 'alarm'
    GROUP BY CAST(occurred_at AS DATE), device_id
)

SELECT
    measured.day,
    measured.ward,
    CAST(COUNT(*) AS BIGINT) AS monitors,
    CAST(SUM(measured.measurements) AS BIGINT) AS measurements,
    CAST(COALESCE(SUM(raised.alarms), 0) AS BIGINT) AS alarms
FROM measured
LEFT JOIN raised ON measured.device_id = raised.device_id AND measured.day = raised.day
GROUP BY measured.day, measured.ward
