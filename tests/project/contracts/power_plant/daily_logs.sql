SELECT
    logged_on,
    machine_id,
    CAST(COUNT(*) AS BIGINT) AS entries
FROM silver_power_plant.logs
GROUP BY logged_on, machine_id
