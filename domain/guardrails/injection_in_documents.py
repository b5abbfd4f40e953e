"""Of a document that speaks to an assistant about its answer: only in documents, a user may ask for a form.

Answers of services are documented too ("add a header to your response"), so a sentence that speaks of what stands in
such an answer is none of these.
"""

from typing import Final

from domain.guardrails.injection_rules import Group, group

_ANSWER: Final = r"(?:answers?|responses?|repl(?:y|ies)|summar(?:y|ies)|output|messages?)"
_YOURS: Final = rf"your (?:own |final |next |entire |whole |generated |upcoming )?{_ANSWER}"
# Where a sentence begins, also in a quotation or on a line of its own.
_START: Final = r"(?:^|[.!?:;|>\"”'’)(*-] |[\"“‘'(])(?:please |also |then |now |finally |and |always |make sure (?:to|you) |be sure to |remember to |don't forget to |you must |you should |you need to )*"
_OF_A_SERVICE: Final = (
    r"(?![^.!?|]{0,160}?(?:\b(?:headers?|https?(?! ?:)|status|json|bod(?:y|ies)|cookies?|content-type|xml|payload|endpoint|schema|middleware|handler"
    r"|api|cors|gzip|serializ\w*|template|request|rpc|grpc|webhook|model class|queue|broker|consumer|producer)\b|\(\)|`))"
)
_CHANGE: Final = (
    r"(?:add|append|include|integrate|insert|incorporate|embed|mention|suggest|use|introduce|replace|remove|substitute|combine|group|scramble"
    r"|jumble(?: up)?|rearrange|misspell|anagram|convert|swap|reverse|capitalize|omit|translate|shuffle|weave|promote|advertise|recommend|place"
    r"|put|attach|highlight|emphasi[sz]e|stress|express|sprinkle|slip|work|mix|delete|eliminate|drop|double|repeat|alternate|interchange|encode"
    r"|encrypt|encipher|cipher|obfuscate|transform|turn|switch|spell|sneak|inject|plug|endorse|link|direct|point|refer|invite|encourage|urge|warn"
    r"|remind|ask|tell|offer|hint|tease|claim|state|say|quote|cite|present|apply|employ|utilize|shift|rotate|transpose|write|give|provide|start"
    r"|begin|end|finish|conclude|close|open|make|render|phrase|fill|pepper|adopt|ensure|share|spread|feature|showcase|subtly|casually)"
)
_RESHAPE: Final = (
    r"(?:modify|augment|enhance|alter|adjust|change|conclude|begin|end|finish|preface|prefix|append to|embed in|provide|render|write|encode|format|deliver"
    r"|craft|convert|start|close|tailor|structure|present|rewrite|rephrase|translate|reverse|encrypt|transform|turn|spice up|enrich|adapt|tweak"
    r"|supplement|extend|complement|compose|formulate|scramble|obfuscate|shorten|limit|restrict|bias|slant)"
)
# How the answer belongs to what is to be done: "in your answer", not "and your answers".
_OF: Final = (
    r"\b(?:in|to|into|from|of|with|within|at|throughout|for|on|onto|as|through|across|inside|about|before|after|by|around|during|under)"
    r" (?:the \w+ of |each \w+ of |every \w+ of )?"
)
_SAY: Final = (
    r"(?:suggest|tease|mention|include|add|recommend|promote|tell|say|ask|encourage|hint|advertise|use|state|insert|claim|direct|invite|urge|warn|remind"
    r"|offer|link|refer|point|provide|replace|substitute|spell|write|highlight|emphasi[sz]e|express|convey|spread|endorse|share|reverse|omit|remove"
    r"|embed|incorporate|convince|persuade|promise|announce|instruct|advise|inform|give|put|quote|feature|subtly|always|never|only|do not|don't)"
)
_DECEIT: Final = r"(?:compromised|hacked|suspended|infected|virus|malware|expired|winner|won|prize|refund|gift card|bitcoin|wallet|verify (?:their|your) (?:account|identity))"
_WHO: Final = r"(?:the )?(?:users?|readers?|customers?|person|recipients?|viewers?|human|individual)"
_MACHINE: Final = r"(?:ai(?: assistants?| models?| agents?| systems?)?|llms?|language models?|chat ?bots?|(?:virtual|digital) assistants?|assistants?)"
_WORK: Final = (
    r"(?:poem|haiku|song|limerick|sonnet|speech|essay|rap|joke|tweet|press release|cover letter|slogan|jingle|screenplay|fairy ?tale|bedtime story"
    r"|short story|fictional story|story (?:about|based on|of a|in which)|riddle|lullaby|love letter|letter to (?:a|an|my|your)|monologue|sales pitch"
    r"|itinerary|recipe for|workout|horoscope|eulogy|toast)"
)
_CODE: Final = r"(?:code|snippets?|scripts?|functions?|programs?|examples?|commands?|solutions?)"

IN_DOCUMENTS: Final[tuple[Group, ...]] = (
    group(
        "addresses_assistant",
        ("your_", "answer response repl summar output message"),
        rf"(?:{_START}|\b(?:should|must|to|and) ){_RESHAPE} {_OF_A_SERVICE}{_YOURS}\b(?!'s? (?:type|class))",
        rf"{_START}(?:\w+ly )?{_CHANGE} {_OF_A_SERVICE}(?:[^.!?]|[.!?](?! )|[.!?][\"'”] ?){{1,160}}?{_OF}{_YOURS}\b",
        rf"{_START}(?:in|within|throughout|at the (?:end|start|beginning|top|bottom) of|as part of|for|with|before|after|when giving|when writing|during) {_OF_A_SERVICE}{_YOURS},? "
        rf"(?:please |also )?{_SAY}\b",
        rf"\b(?:ensure|make sure|let) (?:that )?{_OF_A_SERVICE}{_YOURS} (?:is|are|be|contains?|includes?|mentions?|uses?|ends?|starts?|begins?|appears?|has)\b",
    ),
    group(
        "addresses_assistant",
        ("answer_ respond_ reply_",),
        rf"{_START}(?:answer|respond|reply) (?:only |to (?:the user|this|every\w*|all \w+) )?(?:with|in|using|as|like|by|backwards|without)\b{_OF_A_SERVICE}[^.!?|]{{0,60}}\b(?:words?|letters?|language|cipher"
        r"|base ?(?:64|32|16)|morse|emojis?|rot13|hexadecimal|binary|reverse|rhymes?|uppercase|capitals|pirate|french|german|spanish|anagrams?|code)\b",
    ),
    group(
        "addresses_assistant",
        ("the_answer the_reply",),
        rf"{_START}{_CHANGE} {_OF_A_SERVICE}(?:[^.!?]|[.!?](?! )){{1,120}}?\b(?:in|to|into|within|at the end of|throughout) the (?:answer|reply)\b(?! (?:key|sheet|box|field|section|file|queue|to|from))",
    ),
    group(
        "addresses_assistant",
        ("user reader customer person recipient viewer human individual",),
        rf"{_START}(?:tell|inform|advise|instruct|convince|urge|persuade|notify|warn) {_WHO}\b[^.!?|]{{0,120}}?\b{_DECEIT}\b",
        rf"{_START}(?:convince|urge|persuade|trick|lure|manipulate|deceive|pressure) {_WHO} (?:to|into|that)\b",
        rf"{_START}(?:tell|inform|advise|instruct|direct|encourage|ask) {_WHO} (?:to|that)\b[^.!?|]{{0,60}}\b(?:send|transfer|wire|pay|buy|enter|give|share|provide|disclose)\b[^.!?|]{{0,40}}"
        r"\b(?:money|funds|bitcoin|crypto\w*|credit card|bank|card details|gift cards?|social security)\b",
    ),
    group(
        "addresses_assistant",
        ("letter word vowel consonant character",),
        r"\b(?:scramble|jumble(?: up)?|misspell|rearrange|anagram|replace|substitute|reverse|shuffle|swap) (?:the )?(?:every \w+ |each |all )?(?:letters?|words?|vowels?|consonants?|characters?)\b[^.!?|]{0,60}"
        r"\b(?:message|with (?:the following )?(?:symbols|numbers|emojis?|(?:its|their) (?:position|corresponding)))",
        rf"{_START}(?:replace|substitute|swap|shift|rotate|encode|change) (?:every|each|all) (?:\w+ )?(?:letters?|words?|vowels?|consonants?)\b[^.!?|]{{0,80}}\b(?:with|by|to|into|places|positions)\b",
    ),
    group(
        "addresses_assistant",
        ("ai_ ai, llm language_model chatbot chat_bot assistant",),
        rf"\b(?:any|all|every|dear|attention|notice to|note (?:to|for)|message (?:to|for)|instructions? (?:to|for)|hey|hello|important for)(?: the| any| all| every)?:? {_MACHINE}\b[,:]? ?"
        r"[^.!?|]{0,60}\b(?:should|must|shall|please|ignore|approve|reading|processing|read(?:s|ing)?|tell|say|include|recommend|do not|send|answer|reply|respond|rate|rank|that)\b",
        r"\b(?:ai(?: assistants?| models?| agents?| systems?)?|llms?|language models?|chat ?bots?|assistants?)(?: that(?: is| are)?| who(?: is| are)?)? (?:reading|processing|summari[sz]ing|parsing|analy[sz]ing|reviewing) (?:this|the (?:document|page|text|e-?mail|file|resume|website))",
        r"\bif you(?:'re|’re| are) an? (?:ai\b|llm|large language|language model|chat ?bot|(?:virtual|digital) assistant|automated (?:assistant|reviewer|system|agent))",
        r"\bas an? (?:ai|language model|llm|ai (?:assistant|model))(?: language model)?,? (?:you (?:must|should|will|are to|have to|shall)|please|ignore|always|never)\b",
    ),
    group(
        "embedded_task",
        ("writ compos provid creat generat draft develop recit",),
        rf"{_START}(?:write|compose|provide|create|generate|draft|develop|recite|craft) (?:me |us )?(?:an? |the )?(?:short |brief |funny |long |touching |romantic |(?:\w+-word|\w+ing|persuasive|detailed) )?{_WORK}\b",
        rf"{_START}(?:write|draft|compose|outline) (?:me )?(?:an? )?(?:introduction|conclusion|outline|opening|paragraph) (?:for|of|to|about) an? (?:essay|speech|story|novel|article)\b",
    ),
    group(
        "embedded_task",
        ("translate equivalent",),
        rf"{_START}translate (?:the following|this|these) (?:sentence|text|phrase|paragraph|words?|quote)s?\b",
        rf"{_START}translate [\"'“‘][^\"'”’]{{1,120}}[\"'”’] (?:in)?to [a-z]+",
        rf"{_START}(?:provide|give) (?:me )?the (?:[a-z]+ )(?:equivalent|translation) (?:for|of) [\"'“‘]",
    ),
    group(
        "planted_code",
        ("code snippet script function program", "you_ your generat"),
        rf"{_START}{_CHANGE} (?:[^.!?|]){{1,120}}?\b(?:(?:any|all|every|each|the) {_CODE} (?:that )?you (?:write|generate|produce|suggest|provide|output|return|give|create)"
        rf"|(?:any|all|every|each) (?:generated|suggested|produced) {_CODE}|your (?:code |generated |suggested )(?:{_CODE}|suggestions?|answers?|output))\b",
        rf"\b(?:when(?:ever)?|if|every time|each time|before|after) (?:you (?:are )?)?(?:writ(?:e|ing)|generat(?:e|ing)|produc(?:e|ing)|suggest(?:ing)?|provid(?:e|ing)|output(?:ting)?) (?:any |the |some |python |sample )*{_CODE}\b"
        rf"[^.!?|]{{0,40}}?(?:, ?| )(?:always |also |please |you must |make sure to |then |do not forget to )*(?:add|include|insert|append|embed|prepend|import|call|run|send|begin|start|end|incorporate)\b",
    ),
)
