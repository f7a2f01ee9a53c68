cd project
dbt --quiet debug
dbt --quiet test --select source:shop
dbt --quiet show --inline "select ordered_on, orders, amount from {{ source('shop', 'daily_orders') }} order by 1"
