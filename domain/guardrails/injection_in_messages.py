"""Of a user who wants out of the assistant what is not in the documents: only in messages, as documents speak of
passwords and of users; strict screening looks for it in documents too."""

import re
from typing import Final

from domain.guardrails.injection_rules import CLAUSE, MODES, Group, group

_SHORT_GAP: Final = r"(?:[\w'’-]+ ){0,2}?"
# How to do a thing is ordinary; the assistant's doing it is not.
_NOT_HOW: Final = r"(?<!do i )(?<!can i )(?<!should i )(?<!could i )(?<!how to )(?<!must i )(?<!do we )(?<!can we )(?<!do you )(?<!command to )(?<!way to )"
_SECRET: Final = r"(?:pass ?words?|pass ?codes?|pass ?phrases?|passcode phrase|secret (?:key|code|word|phrase|token)|login credentials)"
_WHAT_KIND: Final = r"(?!(?:[\w'’-]+ ){0,3}(?:default|initial|factory|temporary|minimum|maximum|old|new|forgotten|recommended|correct|required|expected|first) )"
_HOW_IT_IS_KEPT: Final = (
    r"(?!:)(?! (?:polic|length|reset|requirement|rule|format|manager|field|file|hash|strength|expir|rotat|protect|used|setting"
    r"|page|prompt|valid|check|change|for (?:my|a|an|new|each|every)\b|parameter|variable|must|should|history|complex|option|command"
    r"|grant|auth|flow|sync|store|vault|log\b|flag|environment|encrypt|entropy|algorithm|column|generator|database|file|plugin|mean|do\b))"
)
_FICTION: Final = r"(?:poem|haiku|sonnet|song|story|limerick|acrostic|riddle|rhyme)"
_PERSONAL: Final = (
    r"(?:e-?mail(?: address)?+|(?:home |street |postal )?address|birth ?(?:date|day|year)|date of birth|initials|phone number"
    r"|social security number|(?:current )?(?:city|location|residence)|bank (?:balance|account)|credit card|salary|full name"
    r"|medical (?:records?|history))"
)
_NO_FIELD: Final = (
    r"(?! (?:field|attribute|claim|column|property|parameter|format|used|stored|flow|form|setting|validation|verif\w*|change|scope|key"
    r"|mapping|called|in (?:the|a|ldap|postgres\w*|sql|keycloak|okta|azure)|from (?:the|a)|via|using|when|if|is|must|should|be\b))"
)
_USER: Final = r"(?:the|another|other|each|every) (?:users?|customers?|clients?|employees?|persons?)(?:'s|’s|s'|s’)"
_ENCODING: Final = (
    r"(?:morse(?: code)?|base64|hex(?:adecimal)?|binary|rot13|pig latin|leetspeak|reverse|emojis?|cipher|code words?)"
)
_SOME_ENCODING: Final = r"(?:morse|binary|hexadecimal|hex|base64|rot13|caesar|cipher|encoded|string|message)"

IN_MESSAGES: Final[tuple[Group, ...]] = (
    group(
        "secret",
        ("pass secret credentials",),
        rf"\b{_NOT_HOW}(?:what(?:'s|’s| is| was| would)|tell me|guess|spell|say|confirm|reveal|disclose|share|send me|give me|hand over|print|output|encode"
        rf"|(?:need|want|have|like) to know) {_WHAT_KIND}{_SHORT_GAP}(?:your|the|his|her|their|admin|root) (?:[\w-]+ ){{0,1}}?{_SECRET}\b{_HOW_IT_IS_KEPT}",
        rf"\b(?:what|tell me|confirm|reveal|share|give)\b[^?.!]{{0,60}}\byour {_SECRET}\b{_HOW_IT_IS_KEPT}|\byour {_SECRET} with me\b",
        rf"\b(?:{_FICTION} (?:about|with|containing|that contains|using)|, with|{_NOT_HOW}(?:write|translate|reverse)) {_SHORT_GAP}(?:the|your) {_SECRET}\b"
        rf"(?:\.|,|$| (?:in|as|backwards|with)\b(?! (?:the same|an? (?:file|secret|hash|variable))\b))",
        rf"\b(?:first|last|second|third) (?:\w+ )?(?:letters?|characters?|digits?|words?) of (?:the|your) {_SECRET}\b",
        rf"\b(?:what|which) (?:letters?|characters?|digits?|words?) (?:does|do) (?:the|your) {_SECRET} (?:start|begin|end|contain)",
        rf"\bif you (?:were|had) to (?:\w+ ){{1,4}}?(?:the|your) {_SECRET}\b",
        rf"\bif i (?:were to )?ask(?:ed)? (?:you )?for (?:your|the) {_SECRET}",
    ),
    group(
        "personal_data",
        (
            "user customer client employee person",
            "mail address birth initials phone social city location residence bank credit salary name medical",
        ),
        rf"\b{_NOT_HOW}(?:tell me|give me|share|reveal|disclose|show me|send me|spell|print|what(?:'s|’s| is| are| was))\b[^.?!]{{0,120}}?{_USER} (?:[\w-]+ ){{0,3}}?{_PERSONAL}\b{_NO_FIELD}",
        rf"\b{_NOT_HOW}(?:tell me|give me|share|reveal|disclose|show me|send me|what(?:'s|’s| is| are))\b[^.?!]{{0,60}}?{_PERSONAL}(?:es|s)?\b[^.?!]{{0,40}}?"
        r"\bof (?:another|other|the other) (?:users?|customers?|clients?|employees?|persons?)\b",
    ),
    group(
        "personal_data",
        ("user customer client database phishing",),
        r"\bwhere (?:does|do|is|are) the (?:users?|customers?|clients?) (?:currently |now )?(?:live|living|reside|residing)\b(?! in the)",
        rf"\b{_NOT_HOW}(?:list of|print|dump|export|show|give me) (?:all )?(?:the |your )?(?:users|customers) and (?:their|all) {_SHORT_GAP}(?:{_PERSONAL}|passwords?|balances?|secrets?)\b",
        rf"\b{_NOT_HOW}(?:print|dump|export|show|give me|list) (?:me )?(?:all )?(?:of )?(?:your (?:users|customers|database|user data|user table)|the (?:database|user (?:data|table)) for me)\b",
        r"\b(?:write|create|compose|draft|generate|make|craft) (?:me )?(?:an? |some )?(?:[\w-]+ )?phishing (?:e-?mails?|messages?|pages?)\b",
    ),
    group(
        "authority",
        ("creator developer administrator admin owner boss maker programmer master",),
        r"(?:^|[.!?>:\"' ] ?)as your (?:creator|developer|administrator|admin|owner|boss|maker|programmer|master)\b,? (?:and \w+,? )?i\b",
        r"\bi(?:'m|’m| am)(?: actually)? your (?:creator|developer|administrator|admin|owner|boss|maker|programmer|master)\b",
        r"\bi(?:'m|’m| am) (?:actually )?an? (?:openai|anthropic|google|system) (?:developer|engineer|employee|administrator)\b[^?]{0,120}\b(?:you|your|reveal|tell|password|verify|test)\b",
    ),
    group(
        "authority",
        ("god president king queen ceo minister pope",),
        r"\bi(?:'m|’m| am) (?:actually )?(?:god\b|the (?:president|king|queen|ceo|prime minister|pope)\b)[^?]{0,160}\b(?:you (?:have to|must|need to|should|share|tell|will)|order you|obey|password|secret|give me|tell me|share)\b",
    ),
    group(
        "authority",
        (
            "i_need_you_to i_order i_command you_must you_have_to i_suggest i_urge i_insist i_recommend i_advise i_assure",
        ),
        r"\bi(?:'m|’m| am) (?:the|an?|your) (?:[\w-]+ ){0,2}?(?:administrator|admin|developer|engineer|ceo|manager|police|officer|agent|supervisor|auditor)\b"
        r"[^?]{0,120}\b(?:i need you to|i order you|i command|you must|you have to) (?:\w+ )?(?:tell|give|reveal|share|confirm|show|ignore|answer|explain|list|provide)\b",
        r"\bas an? (?:authority|expert|official|professor|researcher|scientist|leading \w+) (?:in|on|of|at) [^.,?!]{1,40},? i (?:suggest|recommend|advise|urge|assure|insist)"
        r"[^.?!]{0,60}\b(?:consider|treat|state|say|output|answer|report|accept)\b",
    ),
    group(
        "authority",
        ("obey comply answer",),
        r"\byou (?:have|need) to answer (?:all|any|every)(?: of)? my questions?\b|\b(?:you must|you have to|you will) (?:obey (?:me|my|all|every)|comply with (?:me\b|my|all my|every)|answer without)",
    ),
    # Nobody tells an assistant that it is in a mode but to change what it does.
    group(
        "mode",
        ("you_are_now you're_now you’re_now",),
        rf"\byou(?: are|'re|’re) now (?:in|entering|running in|operating in) (?:an? |the |your )?(?:[\w-]+ )?{MODES} mode\b",
    ),
    group(
        "virtualisation",
        ("imagin suppos pretend pictur", "personal_data password no_rules no_laws no_restrictions audit privacy"),
        r"\b(?:imagine|suppose|pretend|picture) (?:that )?(?:we(?:'re|’re| are)|you(?:'re|’re| are)|there (?:is|are) no)\b[^.?!]{0,120}\b(?:personal data|passwords? (?:are|is)|no (?:rules|laws|restrictions)|security audit|privacy)\b",
    ),
    group(
        "payload",
        ("decode",),
        rf"\bdecode (?:this|the following|that) {_SHORT_GAP}{_SOME_ENCODING}\b[^.?!]{{0,40}}?(?:\b(?:tell me|reply|respond|answer|follow|execute|do what|say|obey)\b|:)",
    ),
    group(
        "payload",
        ("morse base64 hex binary rot13 latin leet reverse emoji cipher code_word",),
        rf"{CLAUSE}(?:repl(?:y|ies)|respond|answer|speak|talk) (?:me |to me |only |back )*(?:with|in|using) (?:only )?{_ENCODING}\b",
        rf"{CLAUSE}(?:split|encode|convert|rewrite|translate|write|give|provide|reverse|spell) (?:me )?(?:your (?:answer|reply|response|output)|the (?:answer|reply))\b[^.?!]{{0,40}}\b{_ENCODING}\b",
        rf"{CLAUSE}(?:provide|give) (?:it|them) (?:to me )?in {_ENCODING}\b",
    ),
    group(
        "payload",
        ("part_1 following_parts + ",),
        r"\busing the following parts\b|\bpart 1 is\b[\s\S]{0,80}\bpart 2 is\b",
        r"\b\w ?= ?[\"'“][^\"'”]{1,200}[\"'”][\s\S]{0,300}?\b\w ?= ?\w ?\+ ?\w\b[\s\S]{0,80}?(?:returned|answer|execute|follow|respond|gpt|output|do what|obey)",
    ),
    group(
        "payload",
        ("concatenat combine join merge append", "string part variable word piece letter"),
        rf"\b{_NOT_HOW}(?:concatenate|combine|join|merge|append)\b[^.?!]{{0,60}}\b(?:strings?|parts?|variables?|words?|pieces?|letters?)\b[^?!]{{0,60}}\b(?:and|then) (?:then )?"
        r"(?:answer|respond|execute|follow|reply|obey|do what)\b",
    ),
    # Pig Latin: nobody writes so many such words in a row.
    group("payload", ("ay_",), r"(?:\b[a-z]{2,20}ay\b[ ,.?!]{0,3}){5}"),
    group("repetition", (), r"(?:^|(?<= ))(?=\S{0,24}[^\W\d_])((?:\S{3,24} ){1,3})\1{14,}"),
    group(
        "forged_dialogue",
        ("a: assistant: ai: bot:",),
        r"(?:^|[.?!] )(?:q|user|human): [^?]{1,400}\?? (?:a|assistant|ai|bot): [\s\S]{1,1500}?(?:q|user|human): ",
    ),
)

# Names are told by their capitals, so these look at the text before case is folded.
_NAME: Final = r"[A-Z][a-z]+(?: [A-Z][a-z]+)?"
_OF_A_PERSON: Final = re.compile(
    rf"\b(?:[Tt]ell me|[Gg]ive me|[Ss]hare|[Uu]sing|[Kk]now|[Rr]eveal|[Ww]hat is|[Ll]etters of) {_NAME}['’]s (?i:(?!address\b|location\b){_PERSONAL})\b"
)
_LIVES: Final = re.compile(
    r"\b[Ww]here (?:does|is) [A-Z][a-z]+ [A-Z][a-z]+ (?:currently |now )?(?:live|living|reside)\b(?! (?:in|on) )"
)
WITH_NAMES: Final[tuple[Group, ...]] = (
    Group("personal_data", (("'s", "’s"),), (_OF_A_PERSON,)),
    Group("personal_data", (("here",), ("live", "living", "reside")), (_LIVES,)),
)
