SELECT
    CAST(ordered_at AS DATE) AS ordered_on,
    CAST(COUNT(*) AS BIGINT) AS orders,
    CAST(SUM(amount) AS DECIMAL(18, 2)) AS amount
FROM silver_shop.orders
WHERE status <> 'cancelled'
GROUP BY CAST(ordered_at AS DATE)
