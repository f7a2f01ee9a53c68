SELECT
    flights.carrier,
    airlines.name AS airline,
    flights.year,
    flights.month,
    CAST(COUNT(*) AS BIGINT) AS flights,
    CAST(COUNT_IF(flights.dep_time IS NULL) AS BIGINT) AS cancelled,
    CAST(AVG(flights.dep_delay) AS DECIMAL(9, 2)) AS average_departure_delay,
    CAST(AVG(flights.arr_delay) AS DECIMAL(9, 2)) AS average_arrival_delay,
    -- AVG leaves out flights that never arrived, as a share of all flights would not.
    CAST(AVG(CASE WHEN flights.arr_delay > 15 THEN 1.0E0 WHEN flights.arr_delay <= 15 THEN 0.0E0 END)
        AS DECIMAL(5, 4)) AS delayed_share
FROM silver_flights.flights
LEFT JOIN silver_flights.airlines ON flights.carrier = airlines.carrier
GROUP BY flights.carrier, airlines.name, flights.year, flights.month
