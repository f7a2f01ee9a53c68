SELECT
    played_on,
    CAST(COUNT(DISTINCT player_id) AS BIGINT) AS players,
    CAST(COUNT(*) AS BIGINT) AS minutes,
    CAST(CAST(COUNT(*) AS DOUBLE) / COUNT(DISTINCT player_id) AS DECIMAL(9, 2)) AS minutes_per_player,
    CAST(SUM(points) AS BIGINT) AS points
FROM gold_gaming.player_minutes
GROUP BY played_on
