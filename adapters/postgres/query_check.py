"""What a query of a pack may call, held before the server sees it.

A role that reads may still call some three thousand functions of the server: one of them changes the tenant, others end
sessions, take locks that outlive the transaction, or run SQL from a text. An owner that is no superuser cannot revoke
them. So a query may call what is listed here and nothing else. It is cut into words as the server does it; whatever
makes the two cut differently (escape strings, dollar quotes) is refused. In SQL a function is called by a name and a
parenthesis only, so looking at those misses no call; what else has that form, such as a list of column names behind an
alias, is refused with them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from domain.packs.errors import ToolDeniedError

FUNCTIONS: Final = frozenset(
    # of groups and windows
    "array_agg avg bool_and bool_or corr count covar_pop covar_samp cume_dist dense_rank every first_value json_agg "
    "json_object_agg jsonb_agg jsonb_object_agg lag last_value lead max min mode nth_value ntile percent_rank "
    "percentile_cont percentile_disc rank row_number stddev stddev_pop stddev_samp string_agg sum var_pop var_samp "
    "variance "
    # of times
    "age date_bin date_part date_trunc justify_days justify_hours justify_interval make_date make_interval make_time "
    "make_timestamp make_timestamptz now timezone to_char to_date to_timestamp "
    # of numbers
    "abs ceil ceiling div exp floor ln log mod power round sign sqrt to_number trunc width_bucket "
    # of texts and lists
    "array_length array_position array_to_string btrim cardinality char_length concat concat_ws generate_series "
    "initcap jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object "
    "json_build_array json_build_object left length lower ltrim num_nonnulls num_nulls replace reverse right rtrim "
    "split_part starts_with strpos substr to_json to_jsonb unnest upper".split()
)
"""Pure, and none of them takes much memory for few characters; a test looks each up in the server's catalogue."""

SYNTAX: Final = frozenset(
    "all and any array as between by case cast coalesce cube distinct else except exists extract filter from greatest "
    "group grouping having ilike in intersect is join lateral least like limit materialized not nullif offset on or "
    "over overlay position rollup row select sets some substring then trim union using values when where with "
    # types with a size
    "bit char character decimal float interval numeric time timestamp timestamptz varchar varying".split()
)
"""What stands before a parenthesis without calling anything by name."""

MAX_CHARACTERS: Final = 50_000
_TOKEN: Final = re.compile(
    r"""(?P<skipped>[ \t\n\r\f\v]+|--[^\n\r]*)
      | (?P<comment>/\*)
      | (?P<text>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")*")
      | (?P<number>[0-9][0-9A-Za-z_.]*)
      | (?P<word>[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*)
      | (?P<other>[^'"\x00$])
    """,
    re.VERBOSE,
)
_COMMENT_MARK: Final = re.compile(r"/\*|\*/")


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


@lru_cache(maxsize=256)
def check_query(query: str) -> None:
    """Raise ToolDeniedError when ``query`` calls what is not listed, or cannot be read for certain."""
    if len(query) > MAX_CHARACTERS:
        raise ToolDeniedError(f"A query has at most {MAX_CHARACTERS:,} characters.")
    tokens = list(_tokens(query))
    for number, token in enumerate(tokens):
        _check_literal(token, tokens[number + 1 : number + 3])
        name = _name(token)
        if name is None:
            continue
        is_schema = name == "pg_catalog" and _is(tokens, number + 1, ".")
        if name.startswith("pg_") and not is_schema:
            raise ToolDeniedError(f"A query may not name {name}: catalogues of the server are closed to tools.")
        if _is(tokens, number + 1, "("):
            _check_call(token, name, _schema(tokens, number))


def _check_call(token: _Token, name: str, schema: str | None) -> None:
    if schema in (None, "pg_catalog") and (name in FUNCTIONS or (token.kind == "word" and name in SYNTAX)):
        return
    called = f"{schema}.{name}" if schema else name
    raise ToolDeniedError(f"A query may not call {called}: docs/TOOLS.md lists what it may.", function=called[:100])


def _check_literal(token: _Token, following: list[_Token]) -> None:
    """Refuse what the server would read by other rules: ``E'…'``, ``U&'…'``, ``U&"…"``."""
    if not following or following[0].start != token.start + len(token.text):
        return
    opens = following[0].kind == "text"
    is_unicode = following[0].text == "&" and len(following) > 1 and following[1].kind in ("text", "quoted")
    escaped = (token.kind == "word" and token.text in ("e", "E") and opens) or (token.kind == "number" and opens)
    if escaped or (token.text in ("u", "U") and is_unicode):
        raise ToolDeniedError("A query may have no strings or names with escapes.")


def _tokens(query: str) -> Iterator[_Token]:
    position = 0
    while position < len(query):
        found = _TOKEN.match(query, position)
        if found is None:
            raise ToolDeniedError("A query may have no open quote and no dollar sign.")
        kind, start, position = str(found.lastgroup), position, found.end()
        if kind == "comment":
            position = _end_of_comment(query, position)
        elif kind != "skipped":
            yield _Token(kind, found.group(), start)


def _end_of_comment(query: str, position: int) -> int:
    """Comments are nested."""
    depth = 1
    while depth:
        mark = _COMMENT_MARK.search(query, position)
        if mark is None:
            raise ToolDeniedError("A query may have no open comment.")
        depth += 1 if mark.group() == "/*" else -1
        position = mark.end()
    return position


def _name(token: _Token) -> str | None:
    """The name as the server takes it: it folds letters of ASCII, and only outside quotes."""
    if token.kind == "word":
        return token.text.translate(_FOLDED)
    return token.text[1:-1].replace('""', '"') if token.kind == "quoted" else None


_FOLDED: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def _schema(tokens: list[_Token], number: int) -> str | None:
    """What qualifies the name; None when nothing does. A longer chain has a first part that is none of ours."""
    if not _is(tokens, number - 1, "."):
        return None
    schema = _name(tokens[number - 2]) if number >= 2 else None
    return schema if schema and not _is(tokens, number - 3, ".") else "?"


def _is(tokens: list[_Token], number: int, text: str) -> bool:
    return 0 <= number < len(tokens) and tokens[number].kind == "other" and tokens[number].text == text
