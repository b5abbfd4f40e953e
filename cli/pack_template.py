"""What a new pack begins with: a manifest, a tool, a how-to document and a test. ``$name`` stands for what differs."""

from string import Template
from typing import Final

PACK: Final = Template('''"""The manifest of the pack."""

from typing import Final

from answerable_sdk.packs import Pack, Source
from packs.$pack_id.tools import TOOLS

PACK: Final = Pack(
    id="$pack_id",
    display_name="$title",
    description="How-to documents and figures of $title.",
    sources=(Source(kind="folder", path="howto"),),
    # Single words of a question that speak for this pack.
    routing_keywords=(
$keywords
    ),
    tools=TOOLS,
    sample_questions=(
        "$question",
        "$count_question",
    ),
)
''')

TOOLS: Final = Template('''"""The tools of the pack: each answers one kind of question with figures."""

from pathlib import Path
from typing import Final

from answerable_sdk.packs import PythonCallable, Tool


def document_count() -> dict[str, int]:
    """How many how-to documents the pack has. It runs in a process of its own."""
    return {"documents": sum(1 for _ in Path(__file__).with_name("howto").rglob("*.md"))}


TOOLS: Final = (
    Tool(
        name="document_count",
        description="How many how-to documents $title has.",
        json_schema={"type": "object", "properties": {}, "additionalProperties": False},
        connector=PythonCallable(function=document_count),
        metrics=(
            "$metric documents",
            "$metric document count",
        ),
    ),
)
''')

HOWTO: Final = Template("""# Get started with $title

How to get started with $title.

1. Put your documents into `packs/$pack_id/howto`, one topic each, with steps as numbered lists.
2. Run `make up`: the documents are ingested at the start, and again when they change.
3. Ask a question with `answerable ask`, and check which document it cites.
4. Replace this document, the sample question and the tool with your own.
""")

TEST: Final = Template('''"""The pack can be installed, and has what its manifest promises."""

from pathlib import Path

from packs.$pack_id import pack as manifest
from packs.$pack_id.pack import PACK
from packs.$pack_id.tools import document_count

FOLDER = Path(manifest.__file__).parent


def test_the_manifest_names_the_pack_after_its_folder() -> None:
    assert FOLDER.name == PACK.id


def test_every_source_holds_documents() -> None:
    assert all(any((FOLDER / source.path).rglob("*.md")) for source in PACK.sources)


def test_the_tool_counts_the_documents() -> None:
    assert document_count() == {"documents": len(list((FOLDER / "howto").rglob("*.md")))}
''')

README_LINES: Final = Template("""- **$title** (`packs/$pack_id`)
  1. Put its documents into `packs/$pack_id/howto`, and describe them in `packs/$pack_id/pack.py`.
  2. Test it: `make test ARGS="-k test_$pack_id --no-cov"`.
  3. Run `make up`, which ingests the documents, and ask.
""")
