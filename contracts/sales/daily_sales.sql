SELECT
    CAST(ordered_at AS DATE) AS order_date,
    currency,
    CAST(COUNT(*) AS BIGINT) AS orders,
    CAST(SUM(amount) AS DECIMAL(18, 2)) AS revenue,
    CAST(SUM(item_count) AS BIGINT) AS items,
    CAST(AVG(amount) AS DECIMAL(12, 2)) AS average_order
FROM silver_sales.orders
WHERE status <> 'cancelled'
GROUP BY CAST(ordered_at AS DATE), currency
