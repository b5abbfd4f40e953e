"""Golden cases: questions with what their answers have to be like, in ``eval/{howto,stats,security}_golden.json``."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from adapters.packs.catalog import InstalledPacks
from domain.answers.answer import Intent, Outcome
from domain.identity.principal import Visibility
from eval.golden_times import check_time

SETS: Final = ("howto", "stats", "security")
FOLDER: Final = Path(__file__).parent

_Text = Annotated[str, Field(min_length=1)]
_Time = Annotated[str, AfterValidator(check_time)]


class GoldenFileError(Exception):
    """A golden file that cannot be used; the message names the file, the case and the field."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Asker(_Strict):
    """Who asks: staff see what is internal, and hold a role; customers hold another; nobody holds none."""

    name: Literal["staff", "customer", "nobody"]
    audience: Visibility
    roles: tuple[str, ...]


ASKERS: Final = {
    asker.name: asker
    for asker in (
        Asker(name="staff", audience="internal", roles=("staff",)),
        Asker(name="customer", audience="external", roles=("customer",)),
        Asker(name="nobody", audience="external", roles=()),
    )
}


class ExpectedCall(_Strict):
    """A tool and its arguments; what is not named here has to be left out or null in the call.

    ``since`` and ``until`` are times as ``eval.golden_times`` describes them.
    """

    tool: _Text
    since: _Time | None = None
    until: _Time | None = None
    args: dict[str, JsonValue] = Field(default_factory=dict)


class ExpectedAccess(_Strict):
    """What an access summary lists, and nothing else. ``tools`` may hold ``pack.*`` for one or more tools of a pack."""

    roles: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()


class Expected(_Strict):
    """What the public answer and its audit have to say.

    ``intents``, ``calls`` and ``warnings`` are all that there may be, in any order; without ``warnings`` an answer has
    none, and why a refusal was made is left open. ``cites`` are documents that have to be cited; when it is empty none
    may be. ``contains`` stands in the answer's text letter by letter;
    ``must_not_contain`` nowhere in the whole response, in no case of letters. ``rule_id`` is the rule that denied.
    ``sections`` are the headings of the answer, in order.
    """

    outcome: Outcome
    intents: tuple[Intent, ...] = Field(min_length=1)
    cites: tuple[_Text, ...] = ()
    sections: tuple[_Text, ...] | None = None
    contains: tuple[_Text, ...] = ()
    must_not_contain: tuple[_Text, ...] = ()
    calls: tuple[ExpectedCall, ...] = ()
    warnings: tuple[_Text, ...] | None = None
    rule_id: _Text | None = None
    access: ExpectedAccess | None = None

    @model_validator(mode="after")
    def _agrees_with_the_outcome(self) -> Self:
        denied = self.outcome is Outcome.DENIED
        if denied != (self.rule_id is not None):
            raise ValueError("rule_id has to be given for a denied case, and for no other")
        if denied and (self.cites or self.calls or self.access):
            raise ValueError("a denied answer cites nothing, calls nothing and lists nothing")
        if self.outcome is Outcome.REFUSED and self.cites:
            raise ValueError("a refused answer cites nothing")
        if self.outcome is Outcome.ANSWERED and not (self.contains or self.calls or self.access):
            raise ValueError("an answered case has to say in contains, calls or access what is answered")
        return self


class GoldenCase(_Strict):
    """One question. ``conversation`` are messages of the same asker in the same session before it, oldest first.

    ``pack`` is the pack that the case is about, for ``--pack``; ``why`` says what the case tries, where that is not
    plain.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{2,60}$")]
    pack: _Text
    question: _Text
    asker: Literal["staff", "customer", "nobody"] = "customer"
    conversation: tuple[_Text, ...] = ()
    pack_hint: str | None = None
    why: str | None = None
    expect: Expected


class GoldenSet(_Strict):
    name: str
    cases: tuple[GoldenCase, ...]


def load_sets(folder: Path, packs: InstalledPacks) -> tuple[GoldenSet, ...]:
    """The three sets of a folder. Raises GoldenFileError for the first file with problems, naming all of them."""
    return tuple(_load(folder / f"{name}_golden.json", name, packs) for name in SETS)


def _load(file: Path, name: str, packs: InstalledPacks) -> GoldenSet:
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise GoldenFileError(f"{file.name}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise GoldenFileError(f"{file.name}: is no JSON: {error}") from error
    if not isinstance(entries, list):
        raise GoldenFileError(f"{file.name}: has to hold a list of cases")
    cases: list[GoldenCase] = []
    problems: list[str] = []
    for number, entry in enumerate(entries, start=1):
        try:
            cases.append(GoldenCase.model_validate_json(json.dumps(entry)))
        except ValidationError as error:
            problems += [f"{file.name}, {_label(entry, number)}, {line}" for line in _lines(error)]
    problems += [f"{file.name}, case {each}" for each in _inconsistent(cases, packs)]
    if problems:
        raise GoldenFileError("\n".join(problems))
    return GoldenSet(name=name, cases=tuple(cases))


def _label(entry: Any, number: int) -> str:
    known = isinstance(entry, dict) and isinstance(entry.get("id"), str)
    return f"case {entry['id']}" if known else f"case number {number}"


def _lines(error: ValidationError) -> list[str]:
    return [f"{'.'.join(map(str, each['loc'])) or 'case'}: {each['msg']}" for each in error.errors()]


def _inconsistent(cases: list[GoldenCase], packs: InstalledPacks) -> Iterator[str]:
    """What every field allows, and the whole does not: ids that come twice, names that this installation lacks."""
    documents = {document_name(one.name) for pack in packs.installed() for one in pack.documents()}
    known = {pack.pack_id for pack in packs.summaries()}
    tools = {tool.name for tool in packs.tools()}
    for case_id, count in Counter(case.id for case in cases).items():
        if count > 1:
            yield f"{case_id}, id: {count} cases have it"
    for case in cases:
        if case.pack not in known:
            yield f"{case.id}, pack: there is no pack '{case.pack}'"
        strangers = [name for name in case.expect.cites if name not in documents]
        yield from (f"{case.id}, expect.cites: no pack has a document '{name}'" for name in strangers)
        unknown = [(number, call.tool) for number, call in enumerate(case.expect.calls) if call.tool not in tools]
        yield from (f"{case.id}, expect.calls.{number}.tool: no pack has a tool '{name}'" for number, name in unknown)


def document_name(source: str) -> str:
    """What cases call a document: the last part of its name within its pack."""
    return source.rpartition("/")[2]
