"""What has broken parsers before: numbers at the edges, and words that mean something to some."""

NUMBERS = (
    b"0", b"-0", b"-1", b"1e39", b"-1e39", b"1e-46", b"1e308", b"1e999", b"nan", b"NaN", b"-nan",
    b"inf", b"-inf", b"Infinity", b".nan", b".inf", b"9223372036854775807", b"9223372036854775808",
    b"-9223372036854775809", b"2147483648", b"4294967296", b"1000000000000", b"9" * 400,
    b"9" * 5000,
    b"0x" + b"f" * 6000, b"0b1", b"0o17", b"1_0", b"1:30:00", b"2001-01-01", b"2001-99-99", b"1.",
    b".5", b"1e", b"--1", b"", b" ", b"true", b"null", b"1+2j", b"1,5", "١٢".encode(),
    "−1".encode(),
)  # fmt: skip

WORDS = (
    b"\0", b"\x1b[31m", b"\x7f", b"\r", b"\n\n", b"\t", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    "\u202e".encode(), "\u2028".encode(), "💥".encode(), b'"', b"'", b'""', b",", b",,,,", b";",
    b"#",
    b"../../../../escaped", b"/escaped", b"C:\\x", b"~", b"${HOME}", b"${NOT_SET}", b"$(id)",
    b"`id`", b"%s%n%s", b"{0.__class__}", b"{{7*7}}", b"<script>", b"=cmd()", b"x" * 300,
    b"x" * 200_000,
)  # fmt: skip

YAML_WORDS = (
    b"!!python/object/apply:os.system [id]", b"!!python/name:os.system ", b"!!binary eA==",
    b"!!set {a}",
    b"!!omap [a: 1]", b"!!timestamp 2001-01-01", b"!<tag:yaml.org,2002:int> x", b"!local x",
    b"&a [*a]",
    b"&a {b: *a}", b"*unknown", b"<<: *x", b"{<<: {name: c}}", b"? [a, b]\n: c\n",
    b"? {a: b}\n: c\n",
    b"[" * 300, b"[" * 5000, b"{a: " * 400, b"- " * 300, b"---\n", b"...\n", b"%YAML 9.9\n",
    b"|\n  a\n",
    b">-\n", b"null", b"~", b"true", b"[]", b"{}", b"[1, [2, [3]]]", b"{1: 2}", b"{null: 1}",
    b"on", b"012",
    b"2001-01-01", b"2001-01-01 25:00:00", b"{a: 1, a: 2}", b".nan", b"-.inf", b"1e400",
    b"- name: c\n",
    b"[&b [x, x], *b, *b, *b]",
    b"[&c [x,x,x,x,x,x,x,x,x], &d [*c,*c,*c,*c,*c,*c,*c,*c,*c], &e [*d,*d,*d,*d,*d,*d,*d,*d,*d], "
    b"&f [*e,*e,*e,*e,*e,*e,*e,*e,*e], &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]"
    b", &h [*g,*g,*g,*g,*g,*g,*g,*g,*g],"
    b"&i [*h,*h,*h,*h,*h,*h,*h,*h,*h], &j [*i,*i,*i,*i,*i,*i,*i,*i,*i]"
    b", [*j,*j,*j,*j,*j,*j,*j,*j,*j]]",
)  # fmt: skip

TOKENS = (*NUMBERS, *WORDS)
