"""JSON becomes lines that hold every key and value as they were written."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.parsers.json_document import JsonParser
from domain.knowledge.errors import CorruptDocumentError, DocumentTooLargeError
from domain.knowledge.parsed import ParsedDocument
from tests.unit.adapters.parsers.reading import assert_sound, parsed, stored_words, words

Parse = Callable[[str], ParsedDocument]


@pytest.fixture
def parse(tmp_path: Path) -> Parse:
    return lambda content: parsed(JsonParser(), tmp_path, content, "records.json")


def test_records_are_blocks_and_nesting_is_indentation(parse: Parse) -> None:
    document = parse('[{"sku": "A-1", "price": 18.0, "tags": ["x", "y"]}, {"sku": "B-2", "in": {"stock": true}}]')
    assert [document.text[block.start : block.end] for block in document.blocks] == [
        "- sku: A-1\n  price: 18.0\n  tags:\n    - x\n    - y",
        "- sku: B-2\n  in:\n    stock: true",
    ]


def test_members_of_an_object_are_blocks_and_its_title_is_the_title(parse: Parse) -> None:
    document = parse('{"title": "Keys", "body": "Rotate.\\nOften.", "id": null}')
    assert document.title == "Keys"
    assert document.text == "title: Keys\n\nbody: Rotate.\n  Often.\n\nid: null"


@pytest.mark.parametrize("seed", range(40))
def test_every_word_of_any_value_is_stored(parse: Parse, seed: int) -> None:
    chance = random.Random(seed)

    def value(depth: int) -> object:
        kind = chance.randint(0, 7 if depth < 5 else 5)
        plain = ("two words", 42, 1.5, True, None, "line\nbreak")
        if kind < 6:
            return plain[kind]
        if kind == 6:
            return [value(depth + 1) for _ in range(chance.randint(0, 6))]
        return {f"key{number}": value(depth + 1) for number in range(chance.randint(0, 6))}

    content = json.dumps([value(0), {"k": value(0)}, "end"])
    document = parse(content)
    assert_sound(document)
    assert stored_words(document) == words(content.replace("\\n", " "))


def test_numbers_and_repeated_keys_stay_as_written(parse: Parse) -> None:
    assert parse('{"a": 1e5, "a": 0.10, "n": ' + "7" * 5000 + "}").text.startswith("a: 1e5\n\na: 0.10\n\nn: 777")


def test_json_lines_are_records(parse: Parse) -> None:
    assert parse('{"a": 1}\n\n{"a": 2}\n').text == "- a: 1\n\n- a: 2"


@pytest.mark.parametrize("content", ['{"a": 1', '{"a": 1}\n{"b": ', "nonsense"])
def test_broken_json_is_corrupt_and_the_message_says_where(parse: Parse, content: str) -> None:
    with pytest.raises(CorruptDocumentError, match="line"):
        parse(content)


@pytest.mark.parametrize("depth", [600, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_deep_nesting_is_too_large(parse: Parse, depth: int, opening: str, closing: str) -> None:
    with pytest.raises(DocumentTooLargeError):
        parse(opening * depth + "1" + closing * depth)
