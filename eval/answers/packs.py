"""The packs that the sets' documents belong to. Only their names count: a set says itself which files are put in."""

from typing import Final

from answerable_sdk.packs import Pack, Source

_SOURCES: Final = (Source(kind="folder", path="sets"),)

HANDBOOKS: Final = Pack(
    id="handbooks",
    display_name="Handbooks",
    description="Handbooks, price lists and tables of a municipal group.",
    sources=_SOURCES,
)
PROJECT: Final = Pack(
    id="project",
    display_name="Project documentation",
    description="The documentation of this project.",
    sources=_SOURCES,
)
LANGUAGES: Final = Pack(
    id="languages",
    display_name="Auskunft",
    description="Pages in German, with a few in French and Spanish.",
    sources=_SOURCES,
)
CASES: Final = Pack(id="cases", display_name="Cases", description="The documents of one case.", sources=_SOURCES)
