"""Words that stand before a secret, and what leads from them to it, in every notation and many languages.

What stands between a word and its value is bounded, so that looking behind every word takes time linear to the text.
"""

import re
from typing import Final

_ENGLISH: Final = (
    r"(?:secret|access|private|signing|encryption|account|api|auth|master|client)[ _.-]{0,2}(?:access[ _-]?)?key"
    r"|key[ _-]?secret|secret|token|pass(?:word|wort|wd|phrase|code)|pwd|(?<![A-Za-z])(?:pass|pw)(?![A-Za-z])"
    r"|credentials?|one[ -]time code"
)
_OTHERS: Final = (
    r"kennwort|zugangscode|geheimnis|mot[ _-]de[ _-]passe|contrase(?:ñ|n|n\u0303)a|clave|senha|palavra-passe|wachtwoord"
    r"|has(?:ł|l)o|heslo|l(?:ö|o)senord|adgangskode|passord|salasana|jelsz(?:ó|o)|parol(?:a|ă|e|ė)|(?:ş|s)ifre"
    r"|lozinka|geslo|slapta(?:ž|z)odis|m(?:ậ|a)t kh(?:ẩ|a)u|kata sandi|sandi"
    r"|пароль|пароля|лозинка|парола|κωδικός|κωδικος|סיסמה|סיסמא|كلمة (?:المرور|السر)|पासवर्ड|รหัสผ่าน"
    r"|密码|密碼|口令|パスワード|暗証番号|비밀번호|암호"
)
WORD: Final = re.compile(rf"(?:{_ENGLISH}|{_OTHERS})s?", re.IGNORECASE)

_QUOTE: Final = r"[\\\"'`*_\u201c\u201d\u2018\u2019\u00ab\u00bb\u201e\u300c\u300e]"
_TAG: Final = r"(?:</?[A-Za-z][^<>\n]{0,80}>\s{0,8})"
# A number, something in brackets, whose it is.
_ASIDE: Final = (
    rf"\d{{0,2}}{_QUOTE}{{0,4}}\]?(?:[ \t]{{0,3}}\([^()\n]{{0,40}}\)"
    rf"|(?: (?:for|of|to|für|de|du|del|da|van|voor)(?: [\w.@-]{{1,30}}){{1,4}}))?{_QUOTE}{{0,4}}[ \t]{{0,8}}"
)
_VERB: Final = (
    r"\b(?:(?:has been |was |is )?(?:set|reset|changed|updated) to|is|are|was|ist|lautet|est|es|é|è|jest|является)\b"
    r"|は|是|为|為"
)
_ATTRIBUTE: Final = r"(?:[ \t]{1,4}[\w-]{1,20}=[\"'][^\"'<>\n]{0,40}[\"'])?"
LEADS: Final = tuple(
    re.compile(rf"{_ASIDE}(?:{lead}){_QUOTE}{{0,4}}[ \t]{{0,8}}{_QUOTE}{{0,4}}", re.IGNORECASE)
    for lead in (
        # An assignment, a sentence
        rf"(?::=|=>|->|\u2192|[:=]|\uff1a|(?<=[ \t])[-\u2013\u2014][ \t]|{_VERB})(?:[ \t]now)?[ \t]{{0,8}}[\[{{]?",
        # A cell of a table, a block of YAML, a column of CSV
        r"\|[ \t|]{0,80}",
        r":[ \t]{0,4}[|>][-+]?[ \t]{0,4}\r?\n[ \t]{0,40}",
        r"[,;\t](?=[^\s])",
        # An element, a cell of HTML, a pair of name and value
        rf"{_ATTRIBUTE}:?[ \t]{{0,8}}/?>(?!=){_TAG}{{0,4}}",
        rf":?\s{{0,8}}{_TAG}{{1,4}}:?[ \t]{{0,4}}",
        r"[ \t,]{1,4}\s{0,40}[\"']?value[\"']?[ \t]{0,4}[:=]",
        r"\s{1,40}value:",
    )
)
OPTION: Final = re.compile(r"[ =]{1,3}[\"']?")
# Alone on the next line: under a heading, in a list, a quotation or a block of code.
NEXT_LINE: Final = re.compile(
    rf"{_QUOTE}{{0,4}}[ \t]{{0,3}}[:\uff1a]?{_QUOTE}{{0,4}}[ \t]{{0,3}}"
    r"(?:</?[A-Za-z][^<>\n]{0,80}>)?[ \t]{0,3}\r?\n"
    rf"(?:[ \t]{{0,8}}(?:[-=]{{2,40}}|`{{3}}\w{{0,20}}|)[ \t]{{0,8}}\r?\n){{0,2}}"
    rf"[ \t>]{{0,12}}(?:[-*+] )?{_QUOTE}{{0,4}}(?P<value>[^\s]{{6,128}})[ \t]{{0,8}}(?=\r?\n|\Z)"
)
VALUE: Final = re.compile(r"[^\s\"'`,;<>()\[\]|\u201c\u201d\u300d]{6,256}")
