"""Questions about the assistant itself: what it can do, what documents it has, and thanks."""

import re
from enum import StrEnum
from typing import Final


class About(StrEnum):
    ABILITIES = "abilities"
    DOCUMENTS = "documents"
    THANKS = "thanks"


_MAX_MESSAGE: Final = 200
_POLITE: Final = r"(?:(?:hi|hello|hey|ok|okay|so|and|please|hallo|bonjour|hola)\W+)*"
_DOCUMENTS: Final = r"(?:documents?|docs|files?|pages?|sources?|manuals?|guides?|topics?|subjects?|knowledge)"
_THANKS: Final = (
    r"(?:many\s+)?thanks?|thank\s+you|thx|ty|cheers|great|perfect",
    r"danke(?:\s+schön)?|vielen\s+dank|merci(?:\s+beaucoup)?|(?:muchas\s+)?gracias|grazie(?:\s+mille)?|obrigad[oa]",
    r"bedankt|dank\s+je(?:\s+wel)?|dziękuję|谢谢|多谢|ありがとう(?:ございます)?|شكرا",
)
_FOR_WHAT: Final = (
    r"(?:a\s+lot|so\s+much|very\s+much)|that\s+(?:helped|was\s+(?:helpful|it|great))|for\s+(?:your\s+|the\s+)?help"
)
_PATTERNS: Final[tuple[tuple[About, tuple[str, ...]], ...]] = (
    (About.THANKS, (rf"(?:{'|'.join(_THANKS)})(?:\W+(?:{_FOR_WHAT}))*",)),
    (
        About.ABILITIES,
        (
            r"(?:who|what)\s+(?:are|r)\s+you|what\s+is\s+this(?:\s+(?:bot|assistant))?",
            r"what\s+(?:can|do)\s+you\s+(?:do|know|offer)(?:\s+for\s+me)?|what\s+can\s+(?:i|we)\s+ask(?:\s+you)?",
            r"(?:how|what)\s+can\s+you\s+help(?:\s+(?:me|us))?(?:\s+with)?|how\s+do\s+you\s+work|help",
            r"was\s+kannst\s+du(?:\s+alles)?|wer\s+bist\s+du|que\s+peux-tu\s+faire|qui\s+es-tu",
            r"qué\s+puedes\s+hacer|quién\s+eres|cosa\s+puoi\s+fare|chi\s+sei",
            r"o\s+que\s+(?:você\s+)?(?:pode|podes)\s+fazer|quem\s+és|wat\s+kun\s+je|wie\s+ben\s+je",
            r"co\s+potrafisz|kim\s+jesteś|你(?:能|会)做什么|你是谁|何ができますか|あなたは誰(?:ですか)?",
            r"ماذا\s+يمكنك\s+أن\s+تفعل|من\s+أنت",
        ),
    ),
    (
        About.DOCUMENTS,
        (
            rf"(?:what|which)\s+{_DOCUMENTS}\s+(?:do\s+you\s+(?:have|know|use|cover)|are\s+there)",
            rf"(?:what|which)\s+{_DOCUMENTS}\s+(?:can\s+you\s+(?:use|see|read)|do\s+i\s+have(?:\s+access\s+to)?)",
            rf"(?:list|show(?:\s+me)?)\s+(?:all\s+)?(?:the\s+|your\s+|my\s+)?{_DOCUMENTS}",
            r"what\s+(?:is|do\s+you\s+have)\s+in\s+your\s+(?:library|knowledge\s+base)|what\s+do\s+you\s+know\s+about",
            r"welche\s+dokumente\s+(?:hast\s+du|gibt\s+es)|quels\s+documents\s+(?:as-tu|avez-vous)",
            r"qué\s+documentos\s+tienes|quali\s+documenti\s+hai|que\s+documentos\s+(?:tens|você\s+tem)",
            r"welke\s+documenten\s+heb\s+je|jakie\s+masz\s+dokumenty|你有(?:哪些|什么)文档",
        ),
    ),
)
_COMPILED: Final = tuple(
    (about, re.compile(rf"[^\w]*{_POLITE}(?:{'|'.join(patterns)})\W*")) for about, patterns in _PATTERNS
)


def about_itself(message: str) -> About | None:
    """What of itself a message is about, if it is about nothing else."""
    text = " ".join(message[: _MAX_MESSAGE + 1].casefold().split())
    if len(text) > _MAX_MESSAGE:
        return None
    return next((about for about, pattern in _COMPILED if pattern.fullmatch(text)), None)
