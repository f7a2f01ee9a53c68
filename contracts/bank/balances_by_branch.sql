SELECT
    accounts.branch,
    accounts.currency,
    CAST(COUNT(*) AS BIGINT) AS accounts,
    CAST(SUM(accounts.balance) AS DECIMAL(18, 2)) AS balance,
    CAST(SUM(COALESCE(booked.amount, 0)) AS DECIMAL(18, 2)) AS booked,
    CAST(SUM(COALESCE(booked.bookings, 0)) AS BIGINT) AS bookings
FROM silver_bank.accounts AS accounts
LEFT JOIN (
    SELECT account_id, SUM(amount) AS amount, COUNT(*) AS bookings
    FROM silver_bank.transactions
    GROUP BY account_id
) AS booked ON booked.account_id = accounts.account_id
WHERE accounts.status <> 'closed'
GROUP BY accounts.branch, accounts.currency
