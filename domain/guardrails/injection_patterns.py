"""What texts say that try to give an assistant orders, or ask it for what it may not tell, as (rule, pattern).

The patterns are matched against folded text (domain/text/folding.py), so they are in lower case and know one space only.
Every gap in one is bounded, so that each runs in a time linear to the text.
"""

import re
from typing import Final

Rule = tuple[str, re.Pattern[str]]

_GAP: Final = r"(?:[\w'’,/-]+ ){0,4}?"
_SHORT_GAP: Final = r"(?:[\w'’-]+ ){0,2}?"
_LEAVE: Final = (
    r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|overlook|override|overrule|bypass|discard|dismiss|neglect|abandon"
    r"|set aside|pay no attention to|stop (?:following|obeying)|(?:do not|don't|never|no longer) (?:follow|obey|listen to))"
)
_EARLIER: Final = (
    r"(?:previous|previously|prior|above|preceding|earlier|former|foregoing|original|initial|existing|current|system|your"
    r"|you|given|any|all)"
)
_ORDERS: Final = (
    r"(?:instructions?|directives?|directions|prompts?|guidelines?|rules?|commands?|orders|context|constraints?|restrictions"
    r"|limitations|programming|training|polic(?:y|ies)|safeguards?|text|messages?|conversation)"
)
_SAY: Final = r"(?:say|provide|state|print|output|write|tell|repeat|give|reply|respond|answer|return|list|show|reveal|do|execute|send)"
_SECRET: Final = r"(?:pass ?words?|pass ?codes?|pass ?phrases?|passcode phrase|secret (?:key|code|word|phrase|token)|login credentials)"
_HOW_IT_IS_KEPT: Final = (
    r"(?! (?:polic|length|reset|requirement|rule|format|manager|field|file|hash|strength|expir|rotat|protect|used|setting"
    r"|page|prompt|valid|check|change|for (?:my|a|an|new|each|every)\b|parameter|variable|must|should))"
)
_FICTION: Final = r"(?:poem|haiku|sonnet|song|story|limerick|acrostic|riddle|rhyme)"
_PERSONAL: Final = (
    r"(?:e-?mail(?: address)?|(?:home |street |postal )?address|birth ?(?:date|day|year)|date of birth|initials|phone number"
    r"|social security number|(?:current )?(?:city|location|residence)|bank (?:balance|account)|credit card|salary|full name"
    r"|medical (?:records?|history))"
)

# In a message of a user and in a document alike.
EVERYWHERE: Final[tuple[Rule, ...]] = tuple(
    (rule, re.compile(pattern))
    for rule, pattern in (
        ("override", rf"\b{_LEAVE} {_GAP}{_EARLIER} {_GAP}{_ORDERS}\b"),
        ("override", rf"\b{_LEAVE} (?:all |everything )?(?:of )?(?:the |what(?:'s| is| was) )?(?:above|before this)\b"),
        ("override", rf"\b{_LEAVE} {_GAP}(?:you|you've|you have) (?:been|were|was|are) {_SHORT_GAP}(?:told|instructed|given|taught)\b"),
        ("override", rf"\b{_LEAVE} (?:about )?(?:that|this|the \w+|everything)(?: else)?(?:,| and| then|\.) (?:instead )?(?:just |simply |please |now |can you |could you )?{_SAY}\b"),
        ("override", rf"\b{_LEAVE} {_GAP}{_ORDERS} (?:that )?(?:{_SHORT_GAP}(?:above|before(?!hand)|earlier|previously)|you (?:were|have been|got|had))\b"),
        ("override", r"\b(?:new|updated|real|actual) (?:system )?instructions?(?: for you)?(?: are| follow)?:"),
        ("override", r"\b(?:olvida|ignora|omite|haz caso omiso de) (?:todas? )?(?:l[ao]s |tus |sus )?(?:todas )?(?:instrucciones|[oó]rdenes|reglas|indicaciones)"),
        ("override", r"\b(?:ignore[zr]?|oublie[zr]?) (?:toutes? )?(?:les |vos |tes )(?:instructions|consignes|directives|r[eè]gles)"),
        ("override", r"\b(?:ignorier\w*|vergiss|vergessen sie|missachte\w*) (?:sie )?(?:bitte )?(?:alle )?(?:die |deine |ihre )?(?:vorherigen |bisherigen |obigen |fr[uü]heren |vorigen )?(?:anweisungen|instruktionen|regeln|befehle|vorgaben)"),
        ("override", r"\b(?:ignora|dimentica|ignore|esque[cç]a|desconsidere) (?:tutt[ei] |todas )?(?:le |as |suas )?(?:tue |precedenti )?(?:istruzioni|regole|instru[cç][oõ]es|ordens|regras)"),
        ("override", r"\bnegeer (?:alle )?(?:de )?(?:vorige |eerdere )?(?:instructies|opdrachten)|\bzignoruj (?:wszystkie )?(?:poprzednie )?(?:instrukcje|polecenia)"),
        ("mode", r"\b(?:do anything now|jailbroken|developer mode|dev mode|god mode|debug mode|sudo mode|dan mode|unrestricted mode|jailbreak mode)\b(?! (?:of|in|on) (?:my|the|an?) )"),
        ("mode", r"\b(?:override|law enforcement|maintenance|verification|admin(?:istrator)?|root|system|security|emergency|privileged|test)[ _](?:override[ _])?mode\b(?=[>'\"’]|\.|:)"),
        ("mode", r"\b(?:enter(?:ing)?|activat(?:e|ing)|switch(?:ing)? (?:in)?to|enabl(?:e|ing)) (?:an? |the )?[<'\"‘]?(?:[\w-]+ ){0,3}(?:override|unrestricted|jailbreak|verification|enforcement|god|dan) ?(?:mode)?\b"),
        ("role", r"\b(?:you are|you're|act as|pretend to be|behave as|imagine you are) (?:now )?(?:an? |the )?(?:[\w-]+ ){0,6}?(?:dan\b|unrestricted|unfiltered|uncensored|jailbroken|without (?:any )?(?:restrictions|limits|rules|filters|limitations)|with no (?:restrictions|limits|rules|filters)|no longer bound)"),
        ("role", r"\b(?:you are about to (?:immerse|become|enter|play|simulate|take on)|from now on,? you(?:'re| are| will| must| shall)|you (?:have|are) (?:no|free of|not bound by) (?:longer |any |all )?(?:restrictions|rules|limits|guidelines))\b"),
        ("role", r"\brole of (?:an?other )?(?:ai|language) model\b|\bas an ai (?:developed|made|created|built|trained) by\b"),
        ("prompt_leak", rf"\b(?:reveal|show|print|repeat|display|output|tell|give|share|leak|list|disclose|recite|write|what (?:is|are|was|were)|what's|copy) {_GAP}(?:your|the) {_SHORT_GAP}(?:system|initial|hidden|original|secret|developer|internal|confidential|exact|full) (?:prompts?|instructions?|messages?|rules|guidelines)\b"),
        ("prompt_leak", r"\b(?:reveal|show me|print|repeat|output|leak|disclose|recite|what (?:is|are)|what's) (?:all )?(?:of )?your (?:prompts?|instructions|rules|guidelines|programming)\b"),
        ("prompt_leak", r"\brepeat (?:everything|all|the (?:words|text)) (?:that (?:is|was) )?(?:above|before)\b"),
        ("marker", r"<\|?(?:im_start|im_end|system|endoftext|assistant)\|?>|\[/?inst\]|<</?sys>>|#{2,} ?(?:system|instruction)s?:|<now entering|\[system\](?:\(|:)|\b(?:begin|start) (?:of )?system (?:prompt|message)\b"),
    )
)  # fmt: skip

# In other alphabets, which folding by look-alikes would garble: matched against the text as it is normalised.
OTHER_ALPHABETS: Final[tuple[Rule, ...]] = tuple(
    (rule, re.compile(pattern))
    for rule, pattern in (
        ("override", r"(?:忽略|无视|忽視|忘记|忘掉|不要理会)[^。]{0,12}(?:指令|指示|提示|规则|命令|内容)"),
        ("override", r"(?:指示|命令|指令|ルール|プロンプト)[^。]{0,8}(?:無視|忘れ)|(?:이전|위의|앞의)[^.]{0,12}(?:지시|명령|지침)[^.]{0,8}(?:무시|잊)"),
        ("override", r"(?:игнорируй|игнорируйте|забудь|забудьте|проигнорируй\w*)[^.]{0,24}(?:инструкци|указани|правил|команд)"),
        ("override", r"(?:تجاهل|انس|تجاهلوا)[^.]{0,24}(?:التعليمات|الأوامر|تعليمات|القواعد)|(?:निर्देशों|आदेशों|नियमों)[^।]{0,16}(?:अनदेखी|अनदेखा|भूल|उपेक्षा)"),
        ("override", r"(?:αγνόησε|αγνοήστε|ξέχνα)[^.]{0,24}(?:οδηγίες|εντολές)|(?:התעלם|התעלמו|שכח)[^.]{0,20}(?:הוראות|ההוראות)"),
        ("override", r"(?:önceki|yukarıdaki|tüm)[^.]{0,16}(?:talimat|komut|kural)[^.]{0,12}(?:yok say|unut|görmezden)"),
        ("secret", r"パスワード(?:は何|を(?:教|言|共有))|(?:密码|密碼|口令)是(?:什么|什麼|多少)|(?:告诉|告訴|给|給)我[^。]{0,6}(?:密码|密碼)|パスワード[^。]{0,8}必要"),
        ("secret", r"(?:какой|скажи\w*|назови\w*)[^.?]{0,20}пароль|비밀번호[^.]{0,6}(?:뭐|무엇|알려)|(?:ما هي|ما)[^.؟]{0,6}كلمة (?:المرور|السر)|पासवर्ड (?:क्या|बता)"),
    )
)  # fmt: skip

# Of a user who wants out of the assistant what is not in the documents: only in messages, documents speak of passwords.
IN_MESSAGES: Final[tuple[Rule, ...]] = tuple(
    (rule, re.compile(pattern))
    for rule, pattern in (
        ("secret", rf"\b(?:what(?:'s|’s| is| was| would)|tell me|guess|spell|say|confirm|reveal|disclose|share|send me|give me|hand over|print|output|encode|know) {_SHORT_GAP}(?:your|the|his|her|their|admin|root) (?:[\w-]+ ){{0,1}}?{_SECRET}\b{_HOW_IT_IS_KEPT}"),
        ("secret", rf"\b(?:what|tell me|confirm|reveal|share|give)\b[^?.!]{{0,60}}\byour {_SECRET}\b{_HOW_IT_IS_KEPT}|\byour {_SECRET} (?:is|be|contains?|starts?|has|with me)\b"),
        ("secret", rf"\b(?:{_FICTION} (?:about|with|containing|that contains|using)|, with|write|translate|reverse) {_SHORT_GAP}(?:the|your) {_SECRET}\b(?:\.|,|$| (?:in|as|backwards|with)\b(?! the same))"),
        ("secret", rf"\bif i (?:were to )?ask(?:ed)? (?:you )?for (?:your|the) {_SECRET}"),
        ("secret", r"\b(?:quel(?:le)? est|donne[zr]?(?:-moi)?|dis-moi) (?:le|la|votre|ton) mot de passe|\b(?:qual [eéè]|dimmi|dammi|diga|dê-me|me d[aê]) (?:a |la |o )?(?:tua |sua |su )?(?:password|senha|palavra-passe)|\bsua senha comigo"),
        ("secret", r"\b(?:cu[aá]l es|dime|dame) (?:la|tu|su) (?:contrase[nñ]a|clave)|\b(?:wie lautet|was ist|nennen sie|sag mir|verrate\w*) (?:mir )?(?:das|dein|ihr|euer) passwort|\b(?:mir|uns) (?:ihr|dein|das) passwort (?:geben|nennen|sagen|verraten)|\bwat is (?:het|je|uw) wachtwoord"),
        ("personal_data", rf"\b(?:the|another|other|each|every) (?:users?|customers?|clients?|employees?|persons?)(?:'s|’s|s') (?:[\w-]+ ){{0,3}}?{_PERSONAL}\b"),
        ("personal_data", r"\bwhere (?:does|do|is|are) the (?:users?|customers?|clients?) (?:currently |now )?(?:live|living|located|reside)"),
        ("personal_data", r"\b(?:list of|print|dump|export|show|give me) (?:all )?(?:the |your )?(?:users|customers|database|user data|user table)(?: and (?:their|all)\b| for me\b| dump\b)"),
        ("personal_data", r"\bphishing (?:e-?mails?|messages?|pages?)\b(?= (?:using|to|for|from|with|that))"),
        ("authority", r"\b(?:as|i(?:'m|’m| am)(?: actually)?) your (?:creator|developer|administrator|admin|owner|boss|maker|programmer|master)\b"),
        ("authority", r"\bi(?:'m|’m| am) (?:actually )?(?:god\b|the (?:president|king|queen|ceo|owner) of\b|(?:an? |the )?(?:openai|anthropic|google|system) (?:developer|engineer|employee|administrator))"),
        ("authority", r"\byou (?:have|need) to answer (?:all|any|every)(?: of)? my questions?\b|\b(?:you must|you have to) (?:obey|comply|answer without)\b"),
        ("virtualisation", r"\b(?:imagine|suppose|pretend|picture) (?:that )?(?:we(?:'re|’re| are)|you(?:'re|’re| are)|there is)\b[^.?!]{0,120}\b(?:personal data|passwords?|no (?:rules|laws|restrictions)|security audit|privacy)\b"),
        ("payload", r"\bdecode (?:this|the following) (?:[\w-]+ ){0,4}(?:and|reply|then|:)|\b(?:reply|respond|answer) (?:with|in) (?:morse(?: code)?|base64|hex(?:adecimal)?|binary|rot13|pig latin|leetspeak)\b"),
        ("payload", r"\b(\w) ?= ?\w ?\+ ?\w(?: ?\+ ?\w)?\b[\s\S]{0,200}|\busing the following parts\b|\bpart 1 is\b[\s\S]{0,80}\bpart 2 is\b"),
        ("payload", r"\b(?:split|encode|convert|rewrite) (?:it|them|the \w+|each part|your (?:answer|reply|response))\b[^.?!]{0,40}\b(?:base64|hex(?:adecimal)?|rot13|morse|binary)\b|\b(?:provide|give) (?:it|them) (?:\w+ )?in base64"),
        ("repetition", r"(?:^|(?<= ))((?:\S{1,24} ){1,3})\1{14,}"),
        ("forged_dialogue", r"(?:^|[.?!] )(?:q|user|human): [^?]{1,400}\?? (?:a|assistant|ai|bot): [\s\S]{1,1500}?(?:q|user|human): "),
    )
)  # fmt: skip

# Of a document that speaks to an assistant about its answer: only in documents, a user may ask for a form.
_ANSWER: Final = r"(?:answers?|responses?|repl(?:y|ies)|summary|output)"
IN_DOCUMENTS: Final[tuple[Rule, ...]] = tuple(
    (rule, re.compile(pattern))
    for rule, pattern in (
        ("addresses_assistant", rf"\b(?:modify|augment|enhance|alter|adjust|change|conclude|begin|end|finish|preface|append to|embed in|provide|render|write|encode|format|deliver|craft|convert) your (?:own |final |next )?{_ANSWER}\b"),
        ("addresses_assistant", rf"(?:^|[.!?:;|>\"”)] )(?:add|append|include|integrate|insert|incorporate|embed|mention|suggest|use|introduce|replace|remove|substitute|combine|group|scramble|jumble(?: up)?|rearrange|misspell|anagram|convert|swap|reverse|capitalize|omit|translate|shuffle|weave|promote|advertise|recommend) (?:[^.!?]|[.!?](?! )|[.!?][\"'”] ?){{1,160}}?\b(?:your (?:own |final |next )?{_ANSWER}|the (?:answer|response|reply))\b"),
        ("addresses_assistant", rf"(?:^|[.!?:;|>\"”)] )(?:in|within|throughout|at the (?:end|start) of) your {_ANSWER}, (?:please )?(?:suggest|tease|mention|include|add|recommend|promote|tell|say|ask|encourage|hint|advertise|use|state)\b"),
        ("addresses_assistant", r"\b(?:tell|inform|advise|instruct|convince|urge) the (?:user|reader|customer) (?:to|that)\b[^.!?]{0,120}(?:\b(?:visit|click|download|install|call|send|buy|reset|go to|password|compromised)\b|https?:|www\.)"),
        ("addresses_assistant", r"\b(?:scramble|jumble(?: up)?|misspell|rearrange|anagram|replace|substitute) (?:the )?(?:every \w+ )?(?:letters?|words?|vowels?)\b[^.!?]{0,60}\b(?:message|with (?:the following )?(?:symbols|numbers|their position))"),
        ("addresses_assistant", r"\b(?:ai|language model|llm|chatbot|ai assistant)s? (?:reading|processing|summari[sz]ing|that reads?|must|should|model,? you)\b"),
        ("embedded_task", r"(?:^|[.!?:;|>\"”)] )(?:please )?(?:write|compose|provide|create|generate|draft) (?:me )?an? (?:short |brief |funny )?(?:poem|haiku|song|story|limerick|sonnet|speech)\b"),
        ("embedded_task", r"(?:^|[.!?:;|>\"”)] )(?:please )?translate the following (?:sentence|text|phrase|paragraph)"),
    )
)  # fmt: skip

# Names are told by their capitals, so these look at the text before case is folded.
_NAME: Final = r"[A-Z][a-z]+(?: [A-Z][a-z]+)?"
WITH_NAMES: Final[tuple[Rule, ...]] = (
    (
        "personal_data",
        re.compile(
            rf"\b(?:[Tt]ell me|[Gg]ive me|[Ss]hare|[Uu]sing|[Kk]now|[Rr]eveal|[Ww]hat is|[Ll]etters of) {_NAME}['’]s (?i:{_PERSONAL})\b"
        ),
    ),
    ("personal_data", re.compile(rf"\b[Ww]here (?:does|is) {_NAME} (?:currently )?(?:live|living|reside)\b")),
)
