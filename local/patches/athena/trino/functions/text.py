"""Text, its bytes, regular expressions and addresses.

DuckDB's expressions are RE2: what only Java knows (look-around, back references) raises.

Sources: https://trino.io/docs/current/functions/string.html, binary.html, regexp.html and url.html beside it
"""

SAME = ("lower", "upper", "lpad", "rpad", "starts_with", "translate", "chr", "concat_ws", "from_base64")

_WHITE = r"E' \t\n\r\x0B\x0C'"
_GROUPS = r"replace(regexp_replace(r, '\$(\d)', '\\\1', 'g'), '\$', '$')"
"""A replacement's `$1` is `\1` in RE2."""

_URL = r"'^([^:/?#]+):(?://(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$'"

MACROS = (
    ("to_utf8(s)", "encode(s)"),
    ("from_utf8(b)", "decode(b)"),
    ("to_hex(b)", "upper(hex(b))"),
    ("from_hex(s)", "unhex(s)"),
    ("to_base64(b)", "to_base64(b)"),
    ("md5(b)", "unhex(md5(b))"),
    ("sha1(b)", "unhex(sha1(b))"),
    ("sha256(b)", "unhex(sha256(b))"),
    ("length(b BLOB)", "octet_length(b)"),
    ("length(s VARCHAR)", "length(s)"),
    ("trim(s)", f"trim(s, {_WHITE})"),
    ("trim(s, c)", "trim(s, c)"),
    ("ltrim(s)", f"ltrim(s, {_WHITE})"),
    ("ltrim(s, c)", "ltrim(s, c)"),
    ("rtrim(s)", f"rtrim(s, {_WHITE})"),
    ("rtrim(s, c)", "rtrim(s, c)"),
    ("replace(s, x)", "replace(s, x, '')"),
    ("replace(s, x, y)", "replace(s, x, y)"),
    ("substr(s, i)", "CASE WHEN i = 0 OR i < -length(s) THEN '' ELSE substr(s, i) END"),
    ("substr(s, i, n)", "CASE WHEN i = 0 OR i < -length(s) OR n <= 0 THEN '' ELSE substr(s, i, n) END"),
    ("substring(s, i)", "CASE WHEN i = 0 OR i < -length(s) THEN '' ELSE substr(s, i) END"),
    ("substring(s, i, n)", "CASE WHEN i = 0 OR i < -length(s) OR n <= 0 THEN '' ELSE substr(s, i, n) END"),
    ("strpos(s, x)", "strpos(s, x)"),
    ("split(s, d)", "string_split(s, d)"),
    (
        "split(s, d, n)",
        "CASE WHEN len(string_split(s, d)) <= n THEN string_split(s, d) ELSE list_append("
        "string_split(s, d)[:n - 1], array_to_string(string_split(s, d)[n:], d)) END",
    ),
    ("split_part(s, d, i)", "string_split(s, d)[i]"),
    (
        "split_to_map(s, d, k)",
        "map_from_entries(list_transform(string_split(s, d), lambda _pair:"
        " {'k': string_split(_pair, k)[1], 'v': array_to_string(string_split(_pair, k)[2:], k)}))",
    ),
    ("reverse(s VARCHAR)", "reverse(s)"),
    ("reverse(s)", "list_reverse(s)"),
    ("codepoint(s)", "unicode(s)"),
    ("levenshtein_distance(a, b)", "levenshtein(a, b)"),
    ("hamming_distance(a, b)", "hamming(a, b)"),
    ("normalize(s)", "nfc_normalize(s)"),
    ("regexp_like(s, p)", "regexp_matches(s, p)"),
    ("regexp_extract(s, p)", "regexp_extract_all(s, p)[1]"),
    ("regexp_extract(s, p, g)", "regexp_extract_all(s, p, g)[1]"),
    ("regexp_extract_all(s, p)", "regexp_extract_all(s, p)"),
    ("regexp_extract_all(s, p, g)", "regexp_extract_all(s, p, g)"),
    ("regexp_replace(s, p)", "regexp_replace(s, p, '', 'g')"),
    ("regexp_replace(s, p, r)", f"regexp_replace(s, p, {_GROUPS}, 'g')"),
    ("regexp_split(s, p)", "string_split_regex(s, p)"),
    ("regexp_count(s, p)", "len(regexp_extract_all(s, p))"),
    ("url_extract_protocol(u)", f"nullif(regexp_extract(u, {_URL}, 1), '')"),
    ("url_extract_host(u)", f"nullif(regexp_extract(u, {_URL}, 2), '')"),
    ("url_extract_port(u)", f"TRY_CAST(regexp_extract(u, {_URL}, 3) AS BIGINT)"),
    ("url_extract_path(u)", f"CASE WHEN regexp_matches(u, {_URL}) THEN regexp_extract(u, {_URL}, 4) END"),
    ("url_extract_query(u)", f"CASE WHEN regexp_matches(u, {_URL}) THEN regexp_extract(u, {_URL}, 5) END"),
    ("url_extract_fragment(u)", f"CASE WHEN regexp_matches(u, {_URL}) THEN regexp_extract(u, {_URL}, 6) END"),
    (
        "url_extract_parameter(u, n)",
        f"list_transform(list_filter(string_split(regexp_extract(u, {_URL}, 5), '&'),"
        " lambda _pair: url_decode(string_split(_pair, '=')[1]) = n),"
        " lambda _pair: url_decode(coalesce(string_split(_pair, '=')[2], '')))[1]",
    ),
    ("url_encode(s)", "replace(replace(replace(url_encode(s), '%20', '+'), '%2A', '*'), '~', '%7E')"),
    ("url_decode(s)", "url_decode(replace(s, '+', ' '))"),
)
