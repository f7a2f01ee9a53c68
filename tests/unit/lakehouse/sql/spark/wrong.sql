-- trailing comma
SELECT id, customer, FROM silver_shop.orders
SELECT id, FROM silver_shop.orders
SELECT customer, sum(n) AS s FROM silver_shop.orders GROUP BY customer,
SELECT id FROM silver_shop.orders ORDER BY id,
SELECT concat(customer, status,) AS a FROM silver_shop.orders
SELECT id FROM silver_shop.orders WHERE n IN (1, 2,)
WITH t AS (SELECT 1 AS a), SELECT a FROM t
SELECT customer, sum(n) AS s, FROM silver_shop.orders GROUP BY customer
-- syntax of another engine
SELECT id FROM silver_shop.orders QUALIFY row_number() OVER (PARTITION BY customer ORDER BY at) = 1
SELECT id::STRING AS a FROM silver_shop.orders
SELECT TOP 10 id FROM silver_shop.orders
SELECT DISTINCT ON (customer) id FROM silver_shop.orders
SELECT * EXCEPT (id) FROM silver_shop.orders
SELECT * EXCLUDE (id) FROM silver_shop.orders
SELECT * REPLACE (1 AS id) FROM silver_shop.orders
SELECT tag FROM silver_shop.orders CROSS JOIN UNNEST(tags) AS t(tag)
SELECT at AT TIME ZONE 'UTC' AS a FROM silver_shop.orders
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r
SELECT id FROM silver_shop.orders LIMIT 2, 10
SELECT id FROM silver_shop.orders FETCH FIRST 10 ROWS ONLY
SELECT id FROM silver_shop.orders FOR UPDATE
SELECT customer SIMILAR TO 'a' AS a FROM silver_shop.orders
SELECT SAFE_CAST(customer AS INT) AS a FROM silver_shop.orders
SELECT ARRAY[1, 2] AS a FROM silver_shop.orders
SELECT nums[1:2] AS a FROM silver_shop.orders
SELECT customer COLLATE UTF8_BINARY AS a FROM silver_shop.orders
SELECT o.id FROM silver_shop.orders o ASOF JOIN silver_shop.customers c ON o.customer = c.id
SELECT id FROM silver_shop.orders WHERE n ISNULL
SELECT n ** 2 AS a FROM silver_shop.orders
SELECT place:city AS a FROM silver_shop.orders
SELECT id FROM silver_shop.orders LIMIT 10 WITH TIES
SELECT string_agg(customer, ',' ORDER BY n) AS a FROM silver_shop.orders
SELECT array_agg(customer ORDER BY n) AS a FROM silver_shop.orders
SELECT id FROM silver_shop.orders WHERE customer ~ 'a'
SELECT CAST(customer AS TEXT) AS a FROM silver_shop.orders
SELECT CAST(customer AS VARCHAR) AS a FROM silver_shop.orders
SELECT CAST(n AS NUMBER) AS a FROM silver_shop.orders
SELECT CAST(n AS DOUBLE PRECISION) AS a FROM silver_shop.orders
SELECT CAST(n AS INT64) AS a FROM silver_shop.orders
SELECT CAST(at AS DATETIME) AS a FROM silver_shop.orders
SELECT id, sum(n) OVER w AS s, avg(amount) OVER (w ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS a FROM silver_shop.orders WINDOW w AS (PARTITION BY customer ORDER BY at)
-- unknown function
SELECT uppr(customer) AS a FROM silver_shop.orders
SELECT colesce(n, 0) AS a FROM silver_shop.orders
SELECT string_agg(customer, ',') AS a FROM silver_shop.orders
SELECT listagg(customer, ',') AS a FROM silver_shop.orders
SELECT group_concat(customer) AS a FROM silver_shop.orders
SELECT iff(n > 1, 1, 2) AS a FROM silver_shop.orders
SELECT approx_distinct(customer) AS a FROM silver_shop.orders
SELECT json_extract_scalar(customer, '$.a') AS a FROM silver_shop.orders
SELECT date_parse(customer, '%Y') AS a FROM silver_shop.orders
SELECT str_to_date(customer, '%Y') AS a FROM silver_shop.orders
SELECT to_varchar2(n) AS a FROM silver_shop.orders
SELECT parse_datetime(customer, 'yyyy') AS a FROM silver_shop.orders
SELECT strpos(customer, 'a') AS a FROM silver_shop.orders
SELECT len2(customer) AS a FROM silver_shop.orders
SELECT getdate() AS a FROM silver_shop.orders
SELECT sysdate() AS a FROM silver_shop.orders
SELECT isnumeric(customer) AS a FROM silver_shop.orders
SELECT array_length(nums) AS a FROM silver_shop.orders
SELECT json_extract(customer, '$.a') AS a FROM silver_shop.orders
SELECT from_iso8601_timestamp(customer) AS a FROM silver_shop.orders
SELECT to_timestamp_tz(customer) AS a FROM silver_shop.orders
SELECT countif(n > 1) AS a FROM silver_shop.orders
SELECT generate_series(1, 3) AS a FROM silver_shop.orders
SELECT arbitrary(customer) AS a FROM silver_shop.orders
SELECT bitwise_and(n, 1) AS a FROM silver_shop.orders
SELECT date_diff('day', at, at) AS a FROM silver_shop.orders
SELECT date_add('day', 1, at) AS a FROM silver_shop.orders
SELECT datetime_diff(at, at, DAY) AS a FROM silver_shop.orders
SELECT timestamp_trunc(at, DAY) AS a FROM silver_shop.orders
SELECT zeroifnull(n) AS a FROM silver_shop.orders
SELECT regexp_matches(customer, 'a') AS a FROM silver_shop.orders
SELECT array_to_string(tags, ',') AS a FROM silver_shop.orders
SELECT list_agg(tags) AS a FROM silver_shop.orders
SELECT editdist3(customer, 'a') AS a FROM silver_shop.orders
SELECT object_construct('a', n) AS a FROM silver_shop.orders
SELECT cosine_similarity(rate, rate) AS a FROM silver_shop.orders
SELECT ifnul(n, 0) AS a FROM silver_shop.orders
SELECT to_hex(raw) AS a FROM silver_shop.orders
SELECT to_iso8601(at) AS a FROM silver_shop.orders
SELECT format_datetime(at, 'yyyy') AS a FROM silver_shop.orders
SELECT day_of_week(day) AS a FROM silver_shop.orders
SELECT week(day) AS a FROM silver_shop.orders
SELECT dayname(day) AS a FROM silver_shop.orders
SELECT monthname(day) AS a FROM silver_shop.orders
SELECT try(n / 0) AS a FROM silver_shop.orders
SELECT value FROM flatten(tags)
SELECT id FROM generate_series(1, 3)
SELECT any_match(nums, x -> x > 1) AS a FROM silver_shop.orders
SELECT reduce_agg(n, 0) AS a FROM silver_shop.orders
SELECT logical_or(paid) AS a FROM silver_shop.orders
SELECT stddev_population(n) AS a FROM silver_shop.orders
SELECT ceil2(n) AS a, floor2(n) AS b FROM silver_shop.orders
-- number of arguments
SELECT upper(customer, status) AS a FROM silver_shop.orders
SELECT round() AS a FROM silver_shop.orders
SELECT datediff(day) AS a FROM silver_shop.orders
SELECT nvl(n) AS a FROM silver_shop.orders
SELECT sum(n, id) AS a FROM silver_shop.orders
SELECT if(n > 1, 2) AS a FROM silver_shop.orders
SELECT date_trunc(at) AS a FROM silver_shop.orders
SELECT regexp_replace(customer) AS a FROM silver_shop.orders
-- unknown column
SELECT idd FROM silver_shop.orders
SELECT place.town FROM silver_shop.orders
-- missing GROUP BY
SELECT customer, sum(n) AS s FROM silver_shop.orders
SELECT customer, count(*) AS c FROM silver_shop.orders
SELECT customer, status, count(*) AS c FROM silver_shop.orders GROUP BY customer
SELECT customer, n + count(*) AS c FROM silver_shop.orders GROUP BY customer
SELECT customer, upper(status) AS u, count(*) AS c FROM silver_shop.orders GROUP BY customer
SELECT at, count(*) AS c FROM silver_shop.orders GROUP BY CAST(at AS DATE)
SELECT *, count(*) AS c FROM silver_shop.orders
SELECT customer FROM silver_shop.orders HAVING n > 1
SELECT customer, count(*) AS c FROM silver_shop.orders GROUP BY customer HAVING n > 1
SELECT customer, count(*) AS c FROM silver_shop.orders GROUP BY customer ORDER BY n
SELECT t.customer FROM (SELECT customer, status, sum(n) AS s FROM silver_shop.orders GROUP BY customer) t
WITH t AS (SELECT customer, sum(n) AS s FROM silver_shop.orders) SELECT s FROM t
SELECT id FROM silver_shop.orders WHERE n > (SELECT max(score) + n2 FROM (SELECT score, score AS n2 FROM silver_shop.customers))
SELECT place.city, count(*) AS c FROM silver_shop.orders GROUP BY place.geo
SELECT o.customer, c.name, sum(o.n) AS s FROM silver_shop.orders o JOIN silver_shop.customers c ON o.customer = c.id GROUP BY o.customer
SELECT customer, sum(n) AS s FROM silver_shop.orders GROUP BY ROLLUP (status)
SELECT customer, sum(n) OVER (ORDER BY day) AS s FROM silver_shop.orders GROUP BY customer
SELECT status AS a, 1 AS one FROM silver_shop.orders GROUP BY customer
-- ambiguous column
SELECT status FROM silver_shop.orders o JOIN silver_shop.customers c ON o.customer = c.id
SELECT o.id FROM silver_shop.orders o JOIN silver_shop.customers c ON o.customer = c.id WHERE status = 'x'
SELECT o.id FROM silver_shop.orders o JOIN silver_shop.customers c ON customer = id
SELECT count(*) AS c FROM silver_shop.orders o JOIN silver_shop.customers c ON o.customer = c.id GROUP BY status
SELECT o.id, c.id FROM silver_shop.orders o JOIN silver_shop.customers c ON o.customer = c.id ORDER BY id
SELECT id FROM silver_shop.orders a CROSS JOIN silver_shop.orders b
SELECT x.id FROM (SELECT * FROM silver_shop.orders o JOIN silver_shop.customers c ON o.customer = c.id) x
SELECT id FROM (SELECT id, id + 1 AS id FROM silver_shop.orders)
SELECT o.id FROM silver_shop.orders o CROSS JOIN silver_shop.customers o
SELECT upper(status) AS a FROM silver_shop.orders o LEFT JOIN silver_shop.customers c ON o.customer = c.id
WITH t AS (SELECT 1 AS a) SELECT a FROM t AS x CROSS JOIN t AS y
-- aggregates out of place
SELECT id FROM silver_shop.orders WHERE count(*) > 1
SELECT customer FROM silver_shop.orders WHERE sum(n) > 1 GROUP BY customer
SELECT sum(count(*)) AS a FROM silver_shop.orders GROUP BY customer
SELECT id FROM silver_shop.orders WHERE row_number() OVER (ORDER BY id) = 1
SELECT customer, count(*) AS c FROM silver_shop.orders GROUP BY customer HAVING row_number() OVER (ORDER BY customer) = 1
SELECT count(*) AS c FROM silver_shop.orders GROUP BY max(n)
SELECT count(*) AS c FROM silver_shop.orders GROUP BY 1
SELECT o.id FROM silver_shop.orders o JOIN silver_shop.customers c ON max(o.n) = c.score
SELECT row_number() AS r FROM silver_shop.orders
-- number of columns
SELECT id FROM silver_shop.orders UNION ALL SELECT id, name FROM silver_shop.customers
SELECT id FROM silver_shop.orders WHERE n > (SELECT score, name FROM silver_shop.customers)
SELECT id FROM silver_shop.orders WHERE customer IN (SELECT id, name FROM silver_shop.customers)
WITH t(a) AS (SELECT id, n FROM silver_shop.orders) SELECT a FROM t
SELECT customer, count(*) AS c FROM silver_shop.orders GROUP BY 3
SELECT id FROM silver_shop.orders ORDER BY 2
