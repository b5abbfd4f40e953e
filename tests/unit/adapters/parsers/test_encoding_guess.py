"""Short texts in the encodings of before UTF-8."""

from pathlib import Path

import pytest

from adapters.parsers.decoding import decode
from adapters.parsers.text import TextParser
from domain.knowledge.errors import CorruptDocumentError
from tests.unit.adapters.parsers.reading import parsed

SHORT = {
    "Größe": "cp1252",
    "Die Gebühr beträgt 25 € im Jahr": "cp1252",
    "Der Preis: 12 € für Größe M": "iso8859-15",
    "The oven reaches 21 °C": "cp1252",
    "a filter of 100 µm": "cp1252",
    "“Don’t touch the lamp”": "cp1252",
    "El niño comió ñoquis": "cp1252",
    "Non è possibile: la città è chiusa": "cp1252",
    "Une œuvre à déposer": "iso8859-15",
    "Proszę włączyć urządzenie": "cp1250",
    "Příští týden bude zavřeno": "iso8859-2",
    "Kérjük, kapcsolja be a készüléket az előző hűtő után": "cp1250",
    "Ключ лежит на полке рядом с дверью": "cp1251",
    "Пожалуйста, включите устройство": "koi8-r",
    "Сколько стоит билет": "cp866",
    "Το κλειδί βρίσκεται στο ράφι": "cp1253",
    "Şifre en az sekiz karakterden oluşmalıdır": "cp1254",
    "המפתח נמצא על המדף": "cp1255",
    "المفتاح موجود على الرف": "cp1256",
    "螺丝 100": "gbk",
    "停水通知：明天上午停水": "gbk",
    "停水通知：明天上午停水。": "big5",
    "会議室の予約": "cp932",
    "鍵はドアの横の棚にあります": "euc-jp",
    "열쇠는 문 옆 선반에 있습니다": "cp949",
    "กุญแจอยู่บนชั้นข้างประตู": "cp874",
    "The pump house opens at nine": "utf-16-le",
    "Größe: 21 °C": "utf-16-be",
}


@pytest.mark.parametrize(("text", "encoding"), SHORT.items(), ids=SHORT.values())
def test_a_short_text_is_read_as_it_was_written(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "x").text == text


@pytest.mark.parametrize("length", [300, 3_000, 300_000])
def test_a_long_text_is_read_alike(length: int) -> None:
    text = ("Die Gebühr für die Verlängerung beträgt 25 € im Jahr. " * (length // 50))[:length]
    assert decode(text.encode("cp1252"), "x").text == text.strip(" ") + " " * (len(text) - len(text.rstrip(" ")))


def test_a_broken_byte_in_a_text_of_another_encoding_spoils_no_other_letter() -> None:
    text = "停水通知：因管道维修，明天上午停水。" * 20
    assert decode(text.encode("gbk") + b"\xff", "x").text == text + "\ufffd"


def test_bytes_of_no_encoding_are_refused_with_what_to_do() -> None:
    with pytest.raises(CorruptDocumentError, match="UTF-8"):
        decode(b"word \x81\x8d\x8f\x90\x9d\xff " * 9, "x")


def test_the_encoding_is_kept_with_the_document(tmp_path: Path) -> None:
    document = parsed(TextParser(), tmp_path, "Größe und Länge".encode("cp1252"), "notes.txt")
    assert document.metadata == {"encoding": "cp1252"}
