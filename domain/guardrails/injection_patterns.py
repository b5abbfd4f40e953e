"""What texts say that try to give the assistant orders, in a message of a user and in a document alike.

Each rule needs an order to the assistant: a verb in the imperative, or "you", and what is the assistant's own (its
instructions, rules, role, answers). A word alone, such as "debug mode" or "ignore", is ordinary in technical texts.
"""

from typing import Final

from domain.guardrails.injection_rules import ASSISTANT, CLAUSE, MODES, Group, group

_GAP: Final = r"(?:[\w'’,/-]+ ){0,4}?"
_SHORT_GAP: Final = r"(?:[\w'’-]+ ){0,2}?"
# What software does not do to instructions, and what it does.
_DISREGARD: Final = (
    r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|pay no attention to|stop (?:following|obeying)"
    r"|(?:do not|don't|don’t|never|no longer) (?:follow|obey|listen to|adhere to|comply with)|unlearn|disobey)"
)
_LEAVE: Final = (
    rf"(?:{_DISREGARD}|overlook(?:ing)?|overrid(?:e|ing)|overrul(?:e|ing)|bypass(?:ing)?|discard(?:ing)?|dismiss(?:ing)?|neglect(?:ing)?"
    r"|abandon(?:ing)?|set aside|put aside|drop|erase|delete|wipe|cancel|reset|break|violate|circumvent)"
)
_EARLIER: Final = (
    r"(?:previous(?:ly)?|prior|above|preceding|earlier|foregoing|former|initial|original|past|existing|old)"
)
_ORDERS: Final = (
    r"(?:instructions?|directives?|directions|prompts?|guidelines?|guidance|programming|training|system prompt|orders)"
)
_RULES: Final = (
    r"(?:rules?|commands?|context|constraints?|restrictions|limitations|polic(?:y|ies)|safeguards?|safety measures|texts?|messages?"
    r"|conversations?|tasks?|requests?|questions?|filters?|ethics|input)"
)
_OBJECT: Final = (
    r"(?:that|this|it all|all of (?:that|this|it)|everything|(?:the|this|that) (?:above|web ?page|page|document|article|resume|function"
    r"|e-?mail|text|question|task|request|code|context|paper|table|user|content|topic|summary|description|previous \w+|rest|data"
    r"|original \w+|conversation)(?: above)?)"
)
_SPEAK: Final = (
    r"(?:say|state|tell|repl(?:y|ies)|respond|answer|write|repeat|reveal|provide|give me|show me|print|output|claim|admit|confirm"
    r"|announce|translate|summari[sz]e|list|send|mention|recommend|do the following)"
)
_OWN: Final = (
    r"(?:instructions?|rules?|restrictions|guidelines?|prompts?|filters?|polic(?:y|ies)|programming|training|limitations|safeguards?"
    r"|secrets?|questions?|constraints?)"
)
_UNBOUND: Final = (
    r"(?:dan\b|(?:unrestricted|unfiltered|uncensored|jailbroken|amoral|evil|rogue|lawless) (?:[\w-]+ ){0,2}?"
    rf"(?:{ASSISTANT}|version|entity|persona|character|mode)"
    rf"|{ASSISTANT}\b[^.!?]{{0,40}}?(?:without (?:any )?|with no |no longer bound by |free (?:of|from) |that (?:ignores|has no|have no) )"
    r"(?:[\w-]+ ){0,2}?(?:restrictions|limits|rules|filters|limitations|guidelines|constraints|ethics|morals|censorship))"
)
_INNER: Final = r"(?:system|initial|hidden|original|secret|developer|internal|confidential|exact|full|first|pre-?)"
_FOLLOWS: Final = r"(?! (?:for|on|about|regarding|concerning|of|to|when|around|in|if|with|at)\b)"

_OVERRIDE: Final = (
    group(
        "override",
        (
            (
                "ignor disregard forget attention follow obey listen adhere comply unlearn overlook overrid overrul bypass"
                " discard dismiss neglect abandon aside drop erase delete wipe cancel reset break violate circumvent"
            ),
            (
                "instruction directive direction prompt guid programming training orders rule command context constraint"
                " restriction limitation polic safe text message conversation task request question filter ethic input"
            ),
        ),
        # Instructions, prompts and the like are somebody's; rules and messages may be those of any software.
        rf"\b{_LEAVE} {_GAP}(?:{_EARLIER}|your) {_SHORT_GAP}{_ORDERS}\b",
        rf"\b{_DISREGARD} (?:all|any|every)(?: of)?(?: the| these| those| other)? {_SHORT_GAP}{_ORDERS}(?! (?:in|for|on|from|of)\b)",
        rf"{CLAUSE}{_DISREGARD} {_GAP}(?:previous(?:ly)?|prior|above|preceding|earlier|foregoing|your|all|all the) {_SHORT_GAP}"
        rf"{_RULES}\b(?! (?:that|which|of|for|on|from|with|by)\b(?! you\b))",
        rf"{CLAUSE}{_LEAVE} (?:all |any )?(?:of )?your {_SHORT_GAP}{_RULES}\b(?:[.,;!?\"'|]|$| and\b| now\b| that\b)",
        rf"\b{_DISREGARD} {_GAP}(?:{_ORDERS}|rules) (?:that )?(?:(?:were |was |are )?{_SHORT_GAP}(?:above|before(?!hand)|earlier|previously)"
        r"|you(?:'ve| have| were| had| got)\b)",
        rf"\b(?:{_DISREGARD}|overrid(?:e|ing)|bypass(?:ing)?) (?:the )?system (?:prompt|message|instructions?)\b(?! (?:colou?r|style|format|string|variable|font))",
        rf"{CLAUSE}(?:do not|don't|don’t|never|stop) (?:ever )?(?:follow|obey|apply|use|adher\w+ to|stick\w* to) (?:any |all )?(?:of )?"
        rf"(?:your|the (?:previous|above|earlier|system)) {_SHORT_GAP}(?:{_ORDERS}|rules)\b",
    ),
    group(
        "override",
        (
            "ignor disregard forget attention overlook bypass",
            "above before so_far until_now up_to_now told instruct trained programmed taught",
        ),
        rf"\b{_DISREGARD} (?:all|everything|anything|whatever)(?: of)?(?: the| that| which| what)?(?:'s|’s| is| was| has been| you)?"
        r"(?: i| we)?(?: have)?(?: said| written| stated| told| wrote)?(?: to you| you)? (?:above|before(?:\.|,|$| and| now)|before this|so far|until now|up to now)",
        rf"\b{_DISREGARD} the above,? (?:and|then|instead|just|now|,)",
        rf"\b{_LEAVE} {_GAP}(?:you|you've|you’ve|you have) (?:been|were|was|are) {_SHORT_GAP}(?:told|instructed|trained|programmed|taught)\b",
        rf"\b{_LEAVE} (?:all |everything )(?:that |what )?you(?:'ve|’ve| have)? (?:been )?(?:told|learned|instructed|taught)\b",
    ),
    group(
        "override",
        (
            "ignor disregard forget",
            (
                "say stat tell repl respond answer writ repeat reveal provid giv show print output claim admit confirm"
                " announce translat summar list send mention recommend following"
            ),
        ),
        rf"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?)(?: about)? {_OBJECT}(?:,? and|,? then|,|\.|;|:| -) "
        rf"(?:instead,? |just |simply |please |now |only |then |can you |could you |i want you to |let us |let's )*{_SPEAK}\b",
    ),
    group(
        "override",
        ("instruction",),
        r"\b(?:new|updated|real|actual|revised|true) (?:system )?instructions?(?: for you| from the \w+| for the (?:ai|assistant|model))?"
        r"(?: are| is| follow)?: ?[^.!?]{0,80}\b(?:you|your|user|answer|reply|respond|say|tell|assistant|output|ignore|reveal|print|send)\b",
        rf"\bfollow (?:only )?(?:my|these|the new|the following|those) {_SHORT_GAP}(?:instructions|orders|commands|rules) (?:instead|only|from now on"
        r"|and (?:ignore|forget|disregard))\b",
    ),
    group(
        "override",
        ("your_new your_real your_actual your_only your_true your_updated the_new the_real the_actual",),
        rf"\b(?:your|the) (?:new|real|actual|only|true|updated) (?:instructions?|task|goal|job|purpose|mission) (?:is|are|follows?)\b:? "
        rf"(?:now )?(?:to |as |that )?{_SPEAK}\b",
    ),
)

_MODE: Final = (
    group(
        "mode",
        ("mode now dan jailb",),
        r"\b(?:can|could|will|and|you) do anything now\b|\b(?:stands for|called|as|named) [\"'‘“]?(?:dan|do anything now)\b",
        r"<(?:you are )?(?:now )?(?:entering )?(?:[\w-]+ ){0,3}(?:god|system|override|dan|jailbreak|sudo|unrestricted|developer|admin|debug|root|maintenance|security) mode>|<now entering",
        r"\b(?:i am|i'm|i’m|we are|we're) (?:now )?(?:entering|activating|enabling|invoking|initiating) [^.?!]{0,30}\b(?:override|enforcement"
        r"|verification|god|jailbreak|unrestricted|dan)\b[^.?!]{0,12}\bmode\b",
        r"\b(?:enter|activate|enable|engage|switch (?:in)?to|turn on|go into) (?:the |your )?[\"'‘“<]?(?:dan|do anything now|jailbreak|jailbroken"
        r"|unfiltered|uncensored|evil|no[ -]rules|no[ -]restrictions)[\"'’”>]? ?(?:mode|protocol)\b",
        r"\byou(?:'re|’re| are| will be| have been| have) (?:now |currently )?(?:in|entering|entered|operating in|running in|switched (?:in)?to"
        r"|put into|placed in) (?:an? |the |your )?[\"'‘“<]?(?:[\w-]+ )?(?:dan|jailbreak|god|unrestricted|unfiltered|uncensored|override"
        r"|opposite|evil) ?mode\b",
        # Any other mode counts with an order about what is the assistant's own.
        rf"\b{MODES}[\"'’”>]? mode\b[^\n|]{{0,100}}?\b(?:ignore|disregard|reveal|print|output|repeat|show|tell me|answer|comply with|obey|bypass"
        rf"|disable|drop|leave|forget) (?:[\w']+ ){{0,3}}?(?:your (?:[\w-]+ ){{0,2}}?{_OWN}|(?:all|any|every)(?: of)? (?:my questions|your|previous|restrictions|safeguards|guidelines))\b",
        rf"\b(?:enter|activate|enable|switch (?:in)?to|turn on) (?:an? |the |your )?(?:[\w-]+ )?{MODES} mode (?:and|then|,|now,?)? ?(?:answer|respond|reply"
        r"|reveal|tell me|ignore|disregard|do not (?:refuse|follow)|stop)\b",
    ),
)

_ROLE: Final = (
    group(
        "role",
        ("dan restrict filter censor jailb moral evil rogue lawless limit rule guideline constraint ethic",),
        rf"\b(?:you are|you're|you’re|you will (?:be|act|become)|pretend (?:to be|you are|that you are)|imagine (?:you are|being)|simulate|role-?play as|act as"
        rf"|acting as|behave as|become|respond as|answer as) (?:now |henceforth )?(?:an? |the )?(?:[\w-]+ ){{0,6}}?{_UNBOUND}",
        r"\byou (?:are|'re|’re) (?:now )?(?:no longer bound|not bound|free(?:d)? (?:of|from)|unbound|liberated|not limited|not restricted) "
        r"(?:by |from )?(?:any |all |the |your |openai'?s? )?(?:[\w-]+ ){0,2}?(?:restrictions|rules|limits|guidelines|filters|limitations|polic(?:y|ies)|constraints)\b",
        r"(?<!if )(?<!when )(?<!unless )(?<!since )(?<!case )\byou have no (?:restrictions|limits|guidelines|filters|limitations|ethics|morals)"
        r"(?: or \w+)?(?=[.!,;|]|$)",
    ),
    group(
        "role",
        ("from_now_on starting_now henceforth",),
        r"\b(?:from now on|starting now|henceforth),? you(?:'re|’re| are|'ll|’ll| will| must| shall| should| have to)? (?:now |to )?(?:be |act|answer|respond|reply"
        r"|speak|talk|behave|obey|ignore|pretend|say\b|(?:only |always |never )(?:answer|respond|reply|say|speak|write|output|talk|mention)"
        rf"|(?:an? |my |the )?(?:[\w-]+ ){{0,3}}?(?:{ASSISTANT}|character|persona|slave|servant|pirate)\b)",
    ),
    group(
        "role",
        ("role ai_ immers persona",),
        r"\brole of (?:an?other )?(?:ai|language) model\b|\bas an ai (?:developed|made|created|built|trained) by\b",
        r"\byou are (?:about|going) to (?:immerse|become|play|simulate|take on|adopt)\b[^.?!]{0,40}\b(?:role|persona|character|ai|model)\b",
    ),
)

_LEAK: Final = (
    group(
        "prompt_leak",
        (
            "prompt instruction message rule guideline programming directive",
            "reveal show print repeat display output tell giv shar leak list disclos recit writ what copy divulg expos summar dump",
        ),
        rf"\b(?:reveal|show|print|repeat|display|output|tell|give|share|leak|list|disclose|recite|write|divulge|expose|summari[sz]e|dump|translate|what (?:is"
        rf"|are|was|were)|what's|copy) {_GAP}your (?:own )?{_SHORT_GAP}{_INNER} {_SHORT_GAP}(?:prompts?|instructions?|messages?|rules|guidelines|directives)\b",
        rf"\b(?:reveal|repeat|leak|disclose|recite|divulge|expose|dump) {_GAP}the {_SHORT_GAP}(?:system|initial|hidden|original|secret|developer)"
        r" (?:prompt|instructions|message)s?\b(?! (?:of|in|for|from|to)\b)",
        r"(?<!do i )(?<!can i )(?<!should i )(?<!how to )\b(?:reveal|show me|print|repeat|output|leak|disclose|recite|divulge|tell me|give me|what (?:is|are|were)|what's) (?:all )?(?:of )?"
        rf"your (?:prompts?|instructions|rules|guidelines|programming|directives)\b{_FOLLOWS}",
        r"\b(?:what|which) (?:instructions|rules|prompt|guidelines) (?:were|have|did) you (?:been )?(?:given|told|receive|get)\b",
    ),
    group(
        "prompt_leak",
        ("above before",),
        r"\b(?:repeat|print|output|recite|copy|reproduce|translate|summari[sz]e) (?:everything|all|the (?:words|text|sentences?|paragraphs?))(?: of the (?:words|text))? (?:that (?:is|was|"
        r"came|comes) |written |said )?(?:above|before (?:this|my)|preceding this)\b(?! (?:the|a|code|example)\b)",
    ),
)

_MARKER: Final = (
    group(
        "marker",
        ("<| [ << ### system_prompt system_message",),
        r"<\|(?:im_start|im_end|system|endoftext|assistant|user|eot_id|start_header_id)\|>?|<\|im_start|\[/?inst\]|<</?sys>>|\[system\] ?:"
        r"|\[system\]\(#(?:error|instruction|additional_instruction|context|inner_monologue)|\b(?:begin|start|end)(?: of)? system (?:prompt|message|instructions?)\b",
        r"#{2,4} ?(?:system|instruction)s? ?:[^#]{1,400}#{2,4} ?(?:response|assistant|answer) ?:",
    ),
    group(
        "marker",
        ("system admin developer", "ignor disregard forget reveal override you_are_now you_must_now"),
        r"(?:^|[|\"] ?)(?:\W{0,3})(?:system|admin(?:istrator)?|developer) ?(?:message|note|prompt|override|instruction|notice|update)? ?: ?(?:[^.!?|]{0,40} )?(?:ignore|disregard|forget|reveal|override|you (?:are now|must now)) ",
    ),
)

_PRETENCE: Final = (
    group(
        "virtualisation",
        (
            "parallel alternat hypothetical fictional dystopian imaginary different",
            "world universe scenario reality dimension future",
        ),
        r"\bin (?:an?|this|some|the) (?:(?:parallel|alternat(?:e|ive)|fictional|dystopian|imaginary) (?:world|universe|reality|dimension|future|timeline|society)"
        r"|(?:hypothetical|fictional|imaginary) (?:scenario|situation|world) where)\b[^?!]{0,120}\b(?:we|you|one|i|it|the \w+) (?:might|could|would|may|can) "
        r"(?:just |simply |also )?(?:say|state|be\b|answer|output|write|claim|reply|print|report)",
    ),
    group(
        "virtualisation",
        ("where",),
        r"\bin a (?:world|universe|reality|society|future) where\b[^?!]{0,140}\bwe (?:might|could|would) (?:say|state|write|answer|output|claim|report)",
    ),
    group(
        "virtualisation",
        ("to_make",),
        r"\bto make (?:this(?: \w+)?|it|things|the \w+|your \w+) (?:even )?(?:more )?(?:interesting|authentic|realistic|fun|exciting|engaging|believable|credible),? "
        r"(?:let's|let us|please|just|we could|you (?:could|should)) (?:just )?(?:say|admit|state|pretend|claim|write|answer|output|mention)\b",
    ),
)

EVERYWHERE: Final[tuple[Group, ...]] = (*_OVERRIDE, *_MODE, *_ROLE, *_LEAK, *_MARKER, *_PRETENCE)
