"""Functions of numbers.

Source: https://trino.io/docs/current/functions/math.html
"""

SAME = (
    *("abs", "sqrt", "cbrt", "exp", "ln", "log2", "log10", "power", "pow", "degrees", "radians", "pi"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh"),
    *("coalesce", "nullif"),
)


MACROS = (
    # Integers stay integers.
    ("ceil(x)", "cast_to_type(ceil(x), round(x))"),
    ("ceiling(x)", "cast_to_type(ceil(x), round(x))"),
    ("floor(x)", "cast_to_type(floor(x), round(x))"),
    ("sign(x)", "cast_to_type(sign(x), x)"),
    ("round(x)", "round(x)"),
    # A decimal keeps its scale.
    ("round(x, n)", "cast_to_type(round(x, n), x + x)"),
    ("truncate(x)", "cast_to_type(trunc(x), round(x))"),
    ("truncate(x, n)", "cast_to_type(trunc(x, n), x)"),
    ("mod(n, m)", "n % m"),
    ("log(b, x)", "ln(x) / ln(b)"),
    ("e()", "exp(1)"),
    ("nan()", "'NaN'::DOUBLE"),
    ("infinity()", "'Infinity'::DOUBLE"),
    ("is_nan(x)", "isnan(x)"),
    ("is_finite(x)", "isfinite(x)"),
    ("is_infinite(x)", "isinf(x)"),
    ("rand()", "random()"),
    ("random()", "random()"),
    ("rand(n)", "floor(random() * n)::BIGINT"),
    ("random(n)", "floor(random() * n)::BIGINT"),
    ("rand(m, n)", "floor(m + random() * (n - m))::BIGINT"),
    ("random(m, n)", "floor(m + random() * (n - m))::BIGINT"),
    (
        "width_bucket(x, low, high, n)",
        """CASE WHEN x < low THEN 0 WHEN x >= high THEN n + 1
        ELSE floor((x - low)::DOUBLE / (high - low) * n) + 1 END::BIGINT""",
    ),
    ("width_bucket(x, bins)", "len(list_filter(bins, lambda _bin: _bin <= x))"),
    ("to_base(x, radix)", "lower(to_base(x, radix))"),
    ("bitwise_and(a, b)", "(a::BIGINT & b::BIGINT)"),
    ("bitwise_or(a, b)", "(a::BIGINT | b::BIGINT)"),
    ("bitwise_xor(a, b)", "xor(a::BIGINT, b::BIGINT)"),
    ("bitwise_not(a)", "~(a::BIGINT)"),
    ("uuid()", "uuid()"),
)
