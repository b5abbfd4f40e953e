"""What narrows a search, as conditions on index_passages ``i`` with bound parameters."""

from typing import Any

from psycopg.types.json import Jsonb

from domain.knowledge.attributes import AttributeFilter
from domain.search.retrieval import SearchFilters


def conditions_of(filters: SearchFilters) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The conditions, and the values of their parameters. No value is ever part of a condition's text."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    plain = (
        ("i.tags @> %(tags)s::text[]", "tags", list(filters.tags)),
        ("i.tier = ANY(%(tiers)s::text[])", "tiers", list(filters.tiers)),
        ("i.language = ANY(%(languages)s::text[])", "languages", list(filters.languages)),
        ("i.updated_at >= %(updated_from)s", "updated_from", filters.updated_from),
        ("i.updated_at < %(updated_before)s", "updated_before", filters.updated_before),
    )
    for condition, name, value in plain:
        if value:
            conditions.append(condition)
            values[name] = value
    for number, attribute in enumerate(filters.attributes):
        conditions += _attribute(f"attribute_{number}", attribute, values)
    return tuple(conditions), values


def _attribute(name: str, attribute: AttributeFilter, values: dict[str, Any]) -> list[str]:
    values[name] = attribute.name
    value = f"(i.attributes -> %({name})s::text)"
    conditions = [f"i.attributes ? %({name})s::text"]
    if attribute.any_of is not None:
        values[f"{name}_any"] = [Jsonb(one) for one in attribute.any_of]
        conditions.append(f"{value} = ANY(%({name}_any)s::jsonb[])")
    for sign, bound, suffix in ((">=", attribute.at_least, "low"), ("<=", attribute.at_most, "high")):
        if bound is None:
            continue
        values[f"{name}_{suffix}"] = Jsonb(bound)
        limit = f"%({name}_{suffix})s::jsonb"
        # As jsonb compares values of one type, but text byte by byte, so that its order is the same everywhere.
        conditions.append(
            f"jsonb_typeof({value}) = jsonb_typeof({limit}) AND CASE jsonb_typeof({limit}) WHEN 'string'"
            f" THEN ({value} #>> '{{}}') COLLATE \"C\" {sign} ({limit} #>> '{{}}') ELSE {value} {sign} {limit} END"
        )
    return conditions
