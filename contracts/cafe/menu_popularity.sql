WITH daily AS (
    SELECT
        CAST(occurred_at AS DATE) AS click_date,
        menu_item,
        COUNT_IF(action = 'view') AS views,
        COUNT_IF(action = 'add') AS adds,
        COUNT_IF(action = 'order') AS orders
    FROM silver_cafe.menu_clicks
    WHERE menu_item IS NOT NULL
    GROUP BY CAST(occurred_at AS DATE), menu_item
)

SELECT
    click_date,
    menu_item,
    CAST(views AS BIGINT) AS views,
    CAST(adds AS BIGINT) AS adds,
    CAST(orders AS BIGINT) AS orders,
    CAST(CAST(orders AS DOUBLE) / NULLIF(views, 0) AS DECIMAL(9, 4)) AS conversion
FROM daily
