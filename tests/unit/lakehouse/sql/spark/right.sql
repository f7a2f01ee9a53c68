SELECT id, customer FROM silver_shop.orders
SELECT ID, Customer, o.Id FROM silver_shop.orders AS o
SELECT * FROM silver_shop.orders
SELECT o.*, c.name FROM silver_shop.orders o JOIN silver_shop.customers c ON o.customer = c.id
SELECT silver_shop.orders.id, orders.n FROM silver_shop.orders
SELECT place.city, place.geo.lat, o.place.geo.lon FROM silver_shop.orders o
SELECT place.* FROM silver_shop.orders
SELECT lines.sku, lines[0].qty, props['a'], props.a, nums[1] FROM silver_shop.orders
SELECT struct(id, n) AS s, named_struct('a', id, 'b', customer) AS t, array(n, 1) AS a, map('k', n) AS m FROM silver_shop.orders
SELECT -n AS a, +n AS b, ~n AS c, n & 1 AS d, n | 1 AS e, n ^ 1 AS f, NOT paid AS g, !paid AS h FROM silver_shop.orders
SELECT n + 1 AS a, n - id AS b, n * rate AS c, n / 2 AS d, n % 3 AS e, id DIV 2 AS f, amount * n AS g, amount / 3 AS h, amount + amount AS i, amount * amount AS j, 1.5 * n AS k, amount - 1 AS l FROM silver_shop.orders
SELECT amount * 1.19 AS gross, CAST(amount * 1.19 AS DECIMAL(12, 2)) AS rounded, amount / id AS per, -amount AS neg FROM silver_shop.orders
SELECT 1 AS a, 3000000000 AS b, 1.5 AS c, 1.5E0 AS d, 1L AS e, 2S AS f, 3Y AS g, 1.0D AS h, 1.0F AS i, 12.30BD AS j, 'x' AS k, TRUE AS l, NULL AS m, X'1F' AS n, 0.00 AS o, .5 AS p, 100 AS q
SELECT DATE '2026-01-31' AS a, TIMESTAMP '2026-01-31 09:30:00' AS b, TIMESTAMP_NTZ '2026-01-31 09:30:00' AS c, TIMESTAMP_LTZ '2026-01-31 09:30:00' AS e, INTERVAL '1' DAY AS d, INTERVAL 3 DAYS 2 HOURS AS f
SELECT day + 1 AS a, day - 1 AS b, day - day AS c, at - INTERVAL '1' HOUR AS d, day + INTERVAL 1 MONTH AS e, at - at AS f, plain_at + INTERVAL '1' DAY AS g FROM silver_shop.orders
SELECT n = 1 AS a, n <> 2 AS b, n != 3 AS c, n <=> NULL AS d, n == 4 AS e, n IS NULL AS f, n IS NOT NULL AS g, n BETWEEN 1 AND 2 AS h, n IN (1, 2) AS i, n NOT IN (3) AS j, paid IS TRUE AS k, paid IS NOT FALSE AS l, n IS DISTINCT FROM 1 AS m FROM silver_shop.orders
SELECT customer LIKE 'a%' AS a, customer RLIKE 'a' AS b, customer ILIKE 'A%' AS c, customer NOT LIKE '%x' AS d, customer LIKE ANY ('a%', 'b%') AS e, customer LIKE '10!%' ESCAPE '!' AS f, customer REGEXP 'x' AS g FROM silver_shop.orders
SELECT CASE WHEN n > 1 THEN 'many' ELSE 'one' END AS a, CASE n WHEN 1 THEN 1 WHEN 2 THEN 2L END AS b, IF(n > 1, n, 0) AS c, IFNULL(n, 0) AS d, NVL(customer, 'x') AS e, NVL2(n, 'a', 'b') AS f, NULLIF(n, 0) AS g, COALESCE(n, id, 0) AS h FROM silver_shop.orders
SELECT CAST(n AS BIGINT) AS a, CAST(n AS STRING) AS b, CAST(at AS DATE) AS c, CAST(customer AS INT) AS d, TRY_CAST(customer AS DOUBLE) AS e, BIGINT(n) AS f, STRING(n) AS g, DATE(at) AS h, TIMESTAMP(day) AS i, DOUBLE(n) AS j, INT(rate) AS k, DECIMAL(n) AS l, CAST(n AS DECIMAL) AS m, CAST(customer AS VARCHAR(5)) AS o, CAST(n AS SMALLINT) AS p, CAST(day AS TIMESTAMP_NTZ) AS q, CAST(n AS FLOAT) AS r, CAST(customer AS BINARY) AS s FROM silver_shop.orders
SELECT CAST(nums AS ARRAY<BIGINT>) AS a, CAST(place AS STRUCT<town: STRING, geo: STRUCT<lat: DOUBLE, lon: DOUBLE>>) AS b, CAST(props AS MAP<STRING, STRING>) AS c FROM silver_shop.orders
SELECT count(*) AS a, count(n) AS b, count(DISTINCT n) AS c, count(DISTINCT n, customer) AS d, sum(n) AS e, sum(id) AS f, sum(amount) AS g, sum(rate) AS h, avg(n) AS i, avg(amount) AS j, min(day) AS k, max(at) AS l, sum(share) AS m, mean(rate) AS o, count(1) AS p FROM silver_shop.orders
SELECT count_if(n > 1) AS a, COUNT(*) FILTER (WHERE paid) AS b, sum(n) FILTER (WHERE n > 0) AS c, any_value(customer) AS d, first(customer) AS e, last(customer, true) AS f, first_value(n) IGNORE NULLS AS g, bool_and(paid) AS h, every(paid) AS i, some(paid) AS j, first(n) IGNORE NULLS AS k FROM silver_shop.orders
SELECT collect_list(n) AS a, collect_set(customer) AS b, array_agg(n) AS c, max_by(customer, n) AS d, min_by(n, day) AS e, approx_count_distinct(customer) AS f, percentile(n, 0.5) AS g, percentile_approx(n, 0.5) AS h, approx_percentile(rate, array(0.25, 0.5), 100) AS i, median(n) AS j, mode(customer) AS k, stddev(n) AS l, variance(n) AS m, corr(n, rate) AS o, skewness(n) AS p FROM silver_shop.orders
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY rate) AS a, percentile_disc(0.9) WITHIN GROUP (ORDER BY rate DESC) AS b FROM silver_shop.orders
SELECT customer, sum(n) AS total FROM silver_shop.orders GROUP BY customer
SELECT customer, sum(n) AS total FROM silver_shop.orders GROUP BY 1
SELECT customer AS who, sum(n) AS total FROM silver_shop.orders GROUP BY who
SELECT customer, status, sum(n) AS total FROM silver_shop.orders GROUP BY ALL
SELECT customer, sum(n) AS total FROM silver_shop.orders GROUP BY ALL ORDER BY ALL
SELECT upper(customer) AS who, count(*) AS c FROM silver_shop.orders GROUP BY upper(customer)
SELECT upper(customer) AS who, count(*) AS c FROM silver_shop.orders GROUP BY ucase(customer)
SELECT upper(customer) || 'x' AS who, count(*) AS c FROM silver_shop.orders GROUP BY customer
SELECT n + 1 AS m, count(*) AS c FROM silver_shop.orders GROUP BY 1 + n
SELECT DATE(at) AS d, count(*) AS c FROM silver_shop.orders GROUP BY CAST(at AS DATE)
SELECT date_trunc('MONTH', at) AS m, count(*) AS c FROM silver_shop.orders o GROUP BY date_trunc('MONTH', o.at)
SELECT year(day) AS y, month(day) AS m, count(*) AS c FROM silver_shop.orders GROUP BY year(day), month(day)
SELECT year(day) * 100 + month(day) AS ym, count(*) AS c FROM silver_shop.orders GROUP BY year(day), month(day)
SELECT o.customer, count(*) AS c FROM silver_shop.orders o GROUP BY customer
SELECT customer, count(*) AS c FROM silver_shop.orders GROUP BY orders.customer
SELECT place.city, count(*) AS c FROM silver_shop.orders GROUP BY place.city
SELECT place.city, count(*) AS c FROM silver_shop.orders GROUP BY place
SELECT 'x' AS label, 1 + 1 AS two, count(*) AS c, current_date() AS today FROM silver_shop.orders
SELECT customer, status, count(*) AS c FROM silver_shop.orders GROUP BY CUBE (customer, status)
SELECT customer, status, count(*) AS c, grouping(customer) AS g, grouping_id() AS i FROM silver_shop.orders GROUP BY ROLLUP (customer, status)
SELECT customer, status, count(*) AS c FROM silver_shop.orders GROUP BY GROUPING SETS ((customer, status), (customer), ())
SELECT customer, status, count(*) AS c FROM silver_shop.orders GROUP BY customer, status WITH ROLLUP
SELECT customer, status, count(*) AS c FROM silver_shop.orders GROUP BY customer, GROUPING SETS ((status), ())
SELECT customer, count(*) AS c FROM silver_shop.orders GROUP BY customer HAVING count(*) > 1
SELECT customer, count(*) AS c FROM silver_shop.orders GROUP BY customer HAVING c > 1 AND customer <> 'x'
SELECT customer, sum(n) AS s FROM silver_shop.orders GROUP BY customer HAVING max(day) > DATE '2026-01-01' ORDER BY customer
SELECT count(*) AS c FROM silver_shop.orders HAVING count(*) > 1
SELECT customer FROM silver_shop.orders GROUP BY customer
SELECT customer FROM silver_shop.orders GROUP BY customer ORDER BY max(n)
SELECT customer, c * 2 AS twice FROM (SELECT customer, count(*) AS c FROM silver_shop.orders GROUP BY customer) AS t
SELECT customer, count(*) AS c, c * 2 AS twice FROM silver_shop.orders GROUP BY customer
SELECT n + 1 AS m, m * 2 AS k FROM silver_shop.orders
SELECT customer, sum(n) / count(*) AS mean, sum(sum(n)) OVER (ORDER BY customer) AS running, rank() OVER (ORDER BY sum(n) DESC) AS r FROM silver_shop.orders GROUP BY customer
SELECT max(n) - min(n) AS spread, max(n) + 1 AS next FROM silver_shop.orders
SELECT id, row_number() OVER (PARTITION BY customer ORDER BY at DESC) AS r, rank() OVER (ORDER BY n) AS k, dense_rank() OVER (ORDER BY n) AS d, ntile(4) OVER (ORDER BY n) AS q, percent_rank() OVER (ORDER BY n) AS p, cume_dist() OVER (ORDER BY n) AS u FROM silver_shop.orders
SELECT id, lag(n) OVER (PARTITION BY customer ORDER BY at) AS before, lead(n, 1, 0) OVER (ORDER BY at) AS after, first_value(n) OVER (ORDER BY at) AS f, nth_value(n, 2) OVER (ORDER BY at) AS s, last_value(customer) IGNORE NULLS OVER (ORDER BY at) AS l, lag(n) IGNORE NULLS OVER (ORDER BY at) AS g FROM silver_shop.orders
SELECT id, sum(n) OVER w AS s, avg(amount) OVER (PARTITION BY customer ORDER BY at ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS a FROM silver_shop.orders WINDOW w AS (PARTITION BY customer ORDER BY at)
SELECT id, sum(n) OVER (PARTITION BY customer ORDER BY at RANGE BETWEEN INTERVAL 7 DAYS PRECEDING AND CURRENT ROW) AS week, count(*) OVER () AS all FROM silver_shop.orders
SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY customer ORDER BY at DESC) AS r FROM silver_shop.orders) WHERE r = 1
SELECT id, tag FROM silver_shop.orders LATERAL VIEW explode(tags) t AS tag
SELECT id, tag FROM silver_shop.orders LATERAL VIEW OUTER explode(tags) AS tag
SELECT id, p, tag FROM silver_shop.orders LATERAL VIEW posexplode(tags) t AS p, tag WHERE p = 0
SELECT id, k, v FROM silver_shop.orders LATERAL VIEW explode(props) AS k, v
SELECT id, sku, qty FROM silver_shop.orders LATERAL VIEW inline(lines) l AS sku, qty, price
SELECT id, line.sku, line.qty * line.price AS total FROM silver_shop.orders LATERAL VIEW explode(lines) AS line
SELECT line.sku, sum(line.qty) AS q FROM silver_shop.orders LATERAL VIEW explode(lines) AS line GROUP BY line.sku
SELECT id, explode(tags) AS tag FROM silver_shop.orders
SELECT id, posexplode(tags) AS (p, tag) FROM silver_shop.orders
SELECT id, explode_outer(tags) AS tag FROM silver_shop.orders
SELECT id, t.tag FROM silver_shop.orders, LATERAL explode(tags) AS t(tag)
SELECT id, e.col FROM silver_shop.orders CROSS JOIN LATERAL explode(tags) AS e
SELECT id, s.total FROM silver_shop.orders o, LATERAL (SELECT sum(score) AS total FROM silver_shop.customers c WHERE c.id = o.customer) s
SELECT stack(2, 'a', n, 'b', n + 1) AS (k, v) FROM silver_shop.orders
SELECT id, k, v FROM silver_shop.orders LATERAL VIEW stack(2, 'a', n, 'b', n + 1) s AS k, v
SELECT id, a, b FROM silver_shop.orders LATERAL VIEW json_tuple(customer, 'a', 'b') j AS a, b
SELECT transform(nums, x -> x + 1) AS a, transform(nums, (x, i) -> x * i) AS b, filter(nums, x -> x > 1) AS c, exists(nums, x -> x = 1) AS d, forall(nums, x -> x > 0) AS e, aggregate(nums, 0, (acc, x) -> acc + x) AS f, reduce(nums, 0L, (acc, x) -> acc + x, acc -> acc * 2) AS g, zip_with(nums, nums, (x, y) -> x + y) AS h, array_sort(nums, (a, b) -> a - b) AS i FROM silver_shop.orders
SELECT map_filter(props, (k, v) -> k > 'a') AS a, transform_keys(props, (k, v) -> upper(k)) AS b, transform_values(props, (k, v) -> length(v)) AS c, map_zip_with(props, props, (k, a, b) -> concat(a, b)) AS d, map_keys(props) AS e, map_values(props) AS f, map_entries(props) AS g, map_from_entries(map_entries(props)) AS h, map_concat(props, props) AS i, element_at(props, 'a') AS j, map_contains_key(props, 'a') AS k FROM silver_shop.orders
SELECT transform(lines, l -> l.qty * l.price) AS a, transform(lines, l -> named_struct('s', l.sku, 'n', n)) AS b, aggregate(transform(lines, l -> l.qty), 0, (a, x) -> a + x) AS c FROM silver_shop.orders
SELECT array_contains(tags, 'x') AS a, size(tags) AS b, cardinality(tags) AS c, array_distinct(tags) AS d, array_join(tags, ',') AS e, sort_array(tags) AS f, slice(tags, 1, 2) AS g, flatten(array(tags, tags)) AS h, array_max(nums) AS i, array_position(tags, 'x') AS j, array_remove(tags, 'x') AS k, array_union(tags, tags) AS l, arrays_zip(tags, nums) AS m, sequence(1, 5) AS o, array_repeat('x', 3) AS p, shuffle(nums) AS q, reverse(nums) AS r, element_at(nums, 1) AS s, get(nums, 0) AS t, array_append(nums, 1) AS u, array_compact(nums) AS v, array_insert(nums, 1, 2) AS w, array_prepend(nums, 1) AS x, array_size(nums) AS y, try_element_at(nums, 9) AS z FROM silver_shop.orders
SELECT upper(customer) AS a, lower(customer) AS b, trim(customer) AS c, ltrim(customer) AS d, rtrim(customer) AS e, substr(customer, 1, 2) AS f, substring(customer, 2) AS g, substring(customer FROM 1 FOR 2) AS h, concat(customer, '-', status) AS i, concat_ws('-', customer, status) AS j, length(customer) AS k, char_length(customer) AS l, replace(customer, 'a', 'b') AS m, split(customer, ',')[0] AS o, split_part(customer, ',', 1) AS p, lpad(customer, 5, '0') AS q, rpad(customer, 5) AS r, initcap(customer) AS s, reverse(customer) AS t, repeat(customer, 2) AS u, translate(customer, 'a', 'b') AS v, instr(customer, 'a') AS w, locate('a', customer) AS x, left(customer, 2) AS y, right(customer, 2) AS z FROM silver_shop.orders
SELECT trim(BOTH 'x' FROM customer) AS a, trim(LEADING FROM customer) AS b, position('a' IN customer) AS c, overlay(customer PLACING 'x' FROM 2 FOR 1) AS d, extract(YEAR FROM day) AS e, extract(DOW FROM at) AS f, position('a', customer) AS g, overlay(customer, 'x', 2) AS h, extract(SECOND FROM at) AS i FROM silver_shop.orders
SELECT regexp_replace(customer, 'a', 'b') AS a, regexp_extract(customer, '(a)', 1) AS b, regexp_like(customer, 'a') AS c, regexp_count(customer, 'a') AS d, regexp_substr(customer, 'a') AS e, regexp_extract_all(customer, '(a)', 1) AS f, regexp_instr(customer, 'a') AS g, startswith(customer, 'a') AS h, endswith(customer, 'a') AS i, contains(customer, 'a') AS j, levenshtein(customer, 'a') AS k, soundex(customer) AS l, md5(customer) AS m, sha2(customer, 256) AS o, sha1(customer) AS p, crc32(customer) AS q, hash(customer, n) AS r, xxhash64(customer) AS s, base64(raw) AS t, unbase64(customer) AS u, hex(n) AS v, unhex(customer) AS w, encode(customer, 'UTF-8') AS x, decode(raw, 'UTF-8') AS y, mask(customer) AS z FROM silver_shop.orders
SELECT format_number(rate, 2) AS a, format_string('%d', n) AS b, printf('%s', customer) AS c, ascii(customer) AS d, chr(n) AS e, find_in_set('a', customer) AS f, to_char(amount, '999.99') AS g, to_number('12', '99') AS h, to_varchar(amount, '99') AS i, try_to_number('x', '99') AS j, elt(1, customer, status) AS k, luhn_check(customer) AS l, url_encode(customer) AS m, parse_url(customer, 'HOST') AS o, space(2) AS p, octet_length(customer) AS q, bit_length(customer) AS r, equal_null(n, 1) AS s, conv(customer, 10, 16) AS t, substring_index(customer, '.', 2) AS u, sentences(customer) AS v FROM silver_shop.orders
SELECT abs(n) AS a, ceil(rate) AS b, floor(rate) AS c, round(rate, 2) AS d, round(amount, 1) AS e, bround(rate) AS f, sqrt(n) AS g, power(n, 2) AS h, exp(rate) AS i, ln(rate) AS j, log(2, rate) AS k, log10(rate) AS l, mod(n, 2) AS m, pmod(n, 2) AS o, sign(n) AS p, greatest(n, 1) AS q, least(n, id) AS r, rand() AS s, randn(1) AS t, pi() AS u, e() AS v, degrees(rate) AS w, factorial(n) AS x, width_bucket(rate, 0, 1, 10) AS y, nanvl(rate, 0) AS z FROM silver_shop.orders
SELECT abs(amount) AS a, abs(rate) AS b, ceil(amount) AS c, floor(amount) AS d, round(n) AS e, round(amount) AS f, sum(amount) / count(*) AS g, sum(amount) OVER () AS h, max(amount) AS i, greatest(amount, amount) AS j, coalesce(amount, 0) AS k, coalesce(amount, 0.00) AS l, ceil(n) AS m, round(rate) AS o, cbrt(n) AS p, positive(n) AS q, negative(amount) AS r, isnan(rate) AS s, hypot(n, n) AS t FROM silver_shop.orders GROUP BY amount, rate, n
SELECT current_date AS a, current_date() AS b, current_timestamp AS c, now() AS d, current_timestamp() AS e, localtimestamp() AS g, curdate() AS h, current_timezone() AS i, current_user() AS j, user() AS k, uuid() AS l, current_user AS m
SELECT year(day) AS a, quarter(day) AS b, month(day) AS c, weekofyear(day) AS d, day(day) AS e, dayofmonth(day) AS f, dayofweek(day) AS g, weekday(day) AS h, dayofyear(day) AS i, hour(at) AS j, minute(at) AS k, second(at) AS l, last_day(day) AS m, next_day(day, 'MON') AS o, trunc(day, 'MM') AS p, date_trunc('DAY', at) AS q, add_months(day, 1) AS r, months_between(day, day) AS s, datediff(day, day) AS t, date_add(day, 1) AS u, date_sub(day, 1) AS v, date_format(at, 'yyyy-MM-dd') AS w, to_date(customer) AS x, to_date(customer, 'yyyyMMdd') AS y, date_part('YEAR', day) AS z FROM silver_shop.orders
SELECT to_timestamp(customer) AS a, to_timestamp(customer, 'yyyy') AS b, to_timestamp_ntz(customer) AS c, to_timestamp_ltz(customer) AS d, unix_timestamp() AS e, unix_timestamp(at) AS f, unix_timestamp(customer, 'yyyy') AS g, from_unixtime(id) AS h, from_unixtime(id, 'yyyy') AS i, to_unix_timestamp(at) AS j, from_utc_timestamp(at, 'Europe/Lisbon') AS k, to_utc_timestamp(at, 'Europe/Lisbon') AS l, timestamp_seconds(id) AS m, timestamp_millis(id) AS o, unix_millis(at) AS p, unix_date(day) AS q, date_from_unix_date(n) AS r, make_date(2026, 1, 31) AS s, make_timestamp(2026, 1, 31, 9, 30, 0) AS t, convert_timezone('UTC', 'Europe/Lisbon', plain_at) AS u, unix_seconds(at) AS w, unix_micros(at) AS x FROM silver_shop.orders
SELECT timestampadd(HOUR, 1, at) AS a, timestampdiff(DAY, at, at) AS b, dateadd(DAY, 1, day) AS c, datediff(HOUR, at, at) AS d, date_add(MONTH, 1, at) AS e, date_diff(DAY, at, at) AS f, dateadd(day, 1) AS g, date_diff(day, day) AS h, datepart('MONTH', day) AS i, try_to_timestamp(customer) AS j FROM silver_shop.orders
SELECT window(at, '1 hour') AS w, count(*) AS c FROM silver_shop.orders GROUP BY window(at, '1 hour')
SELECT window.start AS begin, count(*) AS c FROM silver_shop.orders GROUP BY window(at, '1 hour')
SELECT session_window(at, '5 minutes').start AS s, customer, count(*) AS c FROM silver_shop.orders GROUP BY session_window(at, '5 minutes'), customer
SELECT try_add(n, 1) AS a, try_subtract(n, 1) AS b, try_multiply(n, 2) AS c, try_divide(n, 0) AS d, try_sum(n) OVER () AS e, try_avg(n) OVER () AS f, try_to_binary('x') AS g, try_cast('x' AS INT) AS h FROM silver_shop.orders
SELECT get_json_object(customer, '$.a') AS a, from_json(customer, 'a INT, b STRING') AS b, from_json(customer, 'a INT').a AS c, to_json(place) AS d, schema_of_json('{"a": 1}') AS e, json_array_length(customer) AS f, json_object_keys(customer) AS g, to_csv(place.geo) AS h, from_csv(customer, 'a INT') AS i, str_to_map(customer) AS j, xpath_string(customer, 'a/b') AS k FROM silver_shop.orders
SELECT typeof(n) AS a, monotonically_increasing_id() AS b, spark_partition_id() AS c, input_file_name() AS d, version() AS e, assert_true(n > 0) AS f, isnull(n) AS g, isnotnull(n) AS h, nullif(customer, '') AS i, bit_count(n) AS j, shiftleft(n, 1) AS k, bit_and(n) OVER () AS l, getbit(n, 0) AS m FROM silver_shop.orders
SELECT id FROM silver_shop.orders WHERE customer IN (SELECT id FROM silver_shop.customers)
SELECT id FROM silver_shop.orders WHERE (customer, status) IN (SELECT id, status FROM silver_shop.customers)
SELECT id FROM silver_shop.orders o WHERE EXISTS (SELECT 1 FROM silver_shop.customers c WHERE c.id = o.customer AND c.score > n)
SELECT id FROM silver_shop.orders o WHERE n > (SELECT max(score) FROM silver_shop.customers c WHERE c.id = o.customer)
SELECT id, (SELECT max(score) FROM silver_shop.customers c WHERE c.id = o.customer) AS best FROM silver_shop.orders o
SELECT id FROM silver_shop.orders WHERE customer NOT IN (SELECT id FROM silver_shop.customers WHERE id IS NOT NULL)
SELECT customer, count(*) AS c FROM silver_shop.orders GROUP BY customer HAVING count(*) > (SELECT avg(score) FROM silver_shop.customers)
SELECT o.id, c.name FROM silver_shop.orders o LEFT JOIN silver_shop.customers c ON o.customer = c.id AND c.status = 'x' WHERE c.id IS NULL
SELECT id, name FROM (SELECT id AS order, customer FROM silver_shop.orders) RIGHT OUTER JOIN silver_shop.customers ON customer = id
SELECT o.id FROM silver_shop.orders o LEFT SEMI JOIN silver_shop.customers c ON o.customer = c.id
SELECT id, status FROM silver_shop.orders o LEFT ANTI JOIN silver_shop.customers c ON o.customer = c.id
SELECT status, o.id, name FROM silver_shop.orders o JOIN silver_shop.customers c USING (status)
SELECT status, count(*) AS c FROM silver_shop.orders o FULL OUTER JOIN silver_shop.customers c USING (status) GROUP BY status
SELECT status, o.status AS mine, c.status AS theirs FROM silver_shop.orders o LEFT JOIN silver_shop.customers c USING (status)
SELECT n, total FROM silver_shop.orders NATURAL JOIN gold_shop.days
SELECT o.id, d.total FROM silver_shop.orders o, gold_shop.days d WHERE o.day = d.day
SELECT a.id, b.id AS other FROM silver_shop.orders a CROSS JOIN silver_shop.orders b
SELECT /*+ BROADCAST(c) */ o.id, c.name FROM silver_shop.orders o JOIN silver_shop.customers c ON o.customer = c.id
SELECT /*+ REPARTITION(3) */ id FROM silver_shop.orders
SELECT o.id FROM silver_shop.orders o JOIN (silver_shop.customers c JOIN gold_shop.days d ON c.joined = d.day) ON o.customer = c.id
SELECT id FROM (SELECT id, id FROM silver_shop.orders)
SELECT id FROM (SELECT id FROM silver_shop.orders UNION ALL SELECT n FROM silver_shop.orders)
SELECT id, n FROM silver_shop.orders UNION SELECT score, score FROM silver_shop.customers
SELECT customer FROM silver_shop.orders EXCEPT SELECT id FROM silver_shop.customers
SELECT customer FROM silver_shop.orders INTERSECT ALL SELECT id FROM silver_shop.customers
SELECT customer FROM silver_shop.orders MINUS SELECT id FROM silver_shop.customers
(SELECT customer AS a FROM silver_shop.orders) UNION ALL (SELECT id FROM silver_shop.customers) ORDER BY a LIMIT 3
SELECT amount AS a FROM silver_shop.orders UNION ALL SELECT n FROM silver_shop.orders
SELECT NULL AS a, day AS d FROM silver_shop.orders UNION ALL SELECT n, NULL FROM silver_shop.orders
WITH t AS (SELECT customer, sum(n) AS s FROM silver_shop.orders GROUP BY customer), u AS (SELECT * FROM t WHERE s > 1) SELECT u.customer, t.s FROM u JOIN t ON u.customer = t.customer
WITH orders AS (SELECT id AS num FROM silver_shop.orders) SELECT num FROM orders
WITH t(a, b) AS (SELECT id, n FROM silver_shop.orders) SELECT a, b FROM t
WITH t AS (SELECT 1 AS a) SELECT x.a, y.a AS b FROM t AS x CROSS JOIN t AS y
WITH t AS (WITH u AS (SELECT 1 AS a) SELECT a FROM u) SELECT a FROM t
SELECT a, b FROM VALUES (1, 'x'), (2, 'y') AS t(a, b)
SELECT col1 FROM (VALUES (1), (2))
SELECT id AS a FROM range(10)
SELECT * FROM range(1, 10, 2) AS r(v)
SELECT * FROM (SELECT customer, status, n FROM silver_shop.orders) PIVOT (sum(n) FOR status IN ('a' AS a, 'b' AS b))
SELECT customer, a_s, a_c FROM (SELECT customer, status, n FROM silver_shop.orders) PIVOT (sum(n) AS s, count(*) AS c FOR status IN ('a' AS a))
SELECT id, k, v FROM (SELECT id, n, id AS m FROM silver_shop.orders) UNPIVOT (v FOR k IN (n, m))
SELECT id, k, v FROM (SELECT id, n, score FROM silver_shop.orders CROSS JOIN (SELECT score FROM silver_shop.customers)) UNPIVOT INCLUDE NULLS (v FOR k IN (n AS `one`, score))
SELECT DISTINCT customer, status FROM silver_shop.orders ORDER BY customer DESC NULLS LAST LIMIT 10 OFFSET 2
SELECT DISTINCT customer FROM silver_shop.orders SORT BY customer
SELECT id FROM silver_shop.orders DISTRIBUTE BY customer SORT BY id
SELECT id FROM silver_shop.orders CLUSTER BY id
SELECT id FROM silver_shop.orders TABLESAMPLE (10 PERCENT)
SELECT id FROM silver_shop.orders ORDER BY n
SELECT id AS n FROM silver_shop.orders ORDER BY n, amount
SELECT o.id FROM silver_shop.orders o ORDER BY o.n, 1
SELECT id, n FROM silver_shop.orders ORDER BY 2, 1 DESC
SELECT id `my id`, n AS `sum` FROM silver_shop.orders
SELECT id num FROM silver_shop.orders o
SELECT customer, 'it''s' AS a, "double" AS b, r'\d' AS c, 'a\'b' AS d FROM silver_shop.orders
SELECT customer || '-' || status AS a FROM silver_shop.orders -- comment, FROM
SELECT /* a, */ id FROM silver_shop.orders;
SELECT day, sum(total) AS t FROM gold_shop.days GROUP BY day ORDER BY t
SELECT ceil(rate, 1) AS a, floor(rate, 1) AS b, date_format(day, 'MMM') AS c, count(DISTINCT customer) / count(*) AS d FROM silver_shop.orders GROUP BY rate, day
SELECT CASE WHEN count(*) > 1 THEN max(customer) END AS a, sum(CASE WHEN paid THEN 1 ELSE 0 END) AS b, sum(IF(paid, amount, 0)) AS c, CAST(100.0 * sum(n) / count(*) AS DECIMAL(9, 2)) AS d FROM silver_shop.orders
SELECT max(struct(at, n)).n AS latest, max(place).city AS city FROM silver_shop.orders
SELECT customer, collect_list(struct(id, amount)) AS all, map_from_entries(collect_list(struct(status, n))) AS m, sort_array(collect_set(n))[0] AS least FROM silver_shop.orders GROUP BY customer
SELECT year(o.day) AS y FROM silver_shop.orders o GROUP BY y HAVING y > 2000 ORDER BY y
SELECT id, id + 1 AS id2, id2 + n AS id3 FROM silver_shop.orders WHERE n > 0
SELECT sum(n) AS n FROM silver_shop.orders GROUP BY customer ORDER BY n
SELECT o.status FROM silver_shop.orders o JOIN silver_shop.customers c ON o.customer = c.id GROUP BY o.status
SELECT coalesce(o.status, c.status) AS status FROM silver_shop.orders o JOIN silver_shop.customers c ON o.customer = c.id ORDER BY status
SELECT id, CASE WHEN exists(tags, t -> t = 'x') THEN 1 ELSE 0 END AS has FROM silver_shop.orders
SELECT hll_sketch_estimate(hll_sketch_agg(n)) AS a, bitmap_count(raw) AS b, count_min_sketch(n, 0.5d, 0.5d, 1) AS c, histogram_numeric(n, 3) AS d, regr_slope(rate, n) AS e FROM silver_shop.orders GROUP BY raw
SELECT aes_encrypt(customer, '0000111122223333') AS a, reflect('java.util.UUID', 'randomUUID') AS b FROM silver_shop.orders
SELECT ID FROM silver_shop.orders GROUP BY id
SELECT first(customer) AS a FROM silver_shop.orders WHERE NOT (paid AND n > 1 OR status IS NULL)
SELECT id FROM silver_shop.orders WHERE n = 1 AND (status = 'a' OR status = 'b') AND NOT (paid) AND day BETWEEN '2026-01-01' AND current_date() - INTERVAL 1 DAY
SELECT bool_or(paid) AND count(*) > 1 AS a, any(paid) AS b, max(n) > ANY_VALUE(n) AS c FROM silver_shop.orders
SELECT id, a.b FROM (SELECT id, named_struct('b', n) AS a FROM silver_shop.orders) a
SELECT isnull(customer) AS missing, count(*) AS c FROM silver_shop.orders GROUP BY customer IS NULL
