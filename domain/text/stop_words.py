"""Words that carry no meaning by themselves, by language; and the language that a short text is written in by them."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+")
_MAX_WORDS: Final = 64

STOP_WORDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        language: frozenset(words.split())
        for language, words in {
            "en": """
a about after all also am an and any anybody anyone are as at be because been before being but by can cannot could did
do does doing done for from further get gets getting give given go going got had happen happens has have having he help
her here hi hello him his how i if in instead into is it its just know let like list long look make many may me mean
means might more most much must my need needs no not now of off often okay on once one only or other our out over own
please put s same shall she should show so some stay still such t take tell than thanks that the their them then there
these they thing things this those through to too under until up us use used using very want wanted was way ways we well
were what whats when where whether which while who whom whos whose why will with without work works would you your yours
again already always another ever every everybody everyone find found needed needs onto somebody someone something
anything talk show shows wat wht whats hows wanna gonna two first ever every
exactly really actually each both between during
""",
            "de": """
aber alle als also am an auch auf aus bei beim bin bis bitte brauche da damit dann darf das dass dein dem den der des
die dies diese dieser dieses doch du durch ein eine einem einen einer eines er es etwas euch finde für gibt haben habe
hast hat hier ich ihm ihn ihr ihre im in ist ja jede jeder jedes kann kannst kein keine können lange man mein meine
meinen meiner meinem mich mir mit muss müssen nach nicht noch nur ob oder ohne sein seine sich sie sind so soll sollte
über um und uns unser unsere unter viel viele vom von vor wann war warum was wegen welche welchem welchen welcher
welches wenn wer werde werden wem wen wessen wie wieviel will wir wird wo wofür woher wohin wurde zu zum zur zwischen
teuer kostet kosten dauert heißt bedeutet zeigt wende an
""",
            "fr": """
à au aux avec avoir c ce cela ces cette ceux combien comment d dans de des dois doit du elle en es est et être eu faire
fait faut il ils j je l la le les leur lui ma mais me mes moi mon n ne nos notre nous on ou où par pas peut peux plus
pour pourquoi puis qu quand que quel quelle quelles quels qui quoi sa se ses si son sont sur ta te tes toi ton tu un une
vos votre vous y a quoi heure
""",
            "es": """
a al algo con cómo como cual cuál cuáles cuales cuando cuándo cuanta cuánta cuantas cuántas cuanto cuánto cuantos
cuántos de debo debe del desde donde dónde el ella en entre es esta está están este esto estos hay hacer hace la las le
les lo los me mi mis muy más necesito no nos o para pero por porque puede puedo pueden qué que quien quién quiénes se
ser si sin sobre son su sus tengo tiene tienen tu tus un una unas uno unos y ya yo tengo cuesta sacar
""",
            "it": """
a ad ai al alla alle anche c che chi ci come con cosa cui da dal dalla dei del della delle devo di dove e è ed gli ha
hai ho i il in io l la le lo ma mi mia mio nel nella non o per perché più posso può qual quale quali quando quanta
quante quanti quanto se si sono su sul sulla tra tu un una uno viene costa
""",
            "pt": """
a ao aos as até com como da das de devo do dos e é ela ele em entre essa esse esta este eu faço foi há isso isto já
mais mas me meu meus minha na nas no nos não o onde os ou para pela pelo pode podem por porque posso preciso qual quais
quando quanta quantas quanto quantos que quem se sem ser seu são sua tem tenho um uma você custa
""",
            "nl": """
aan al alle als bij ben bent dan dat de der deze die dit doe doen door een en er ge geen had heb hebben heeft het hier
hij hoe hoelang hoeveel ik in is ja je jij jouw kan kunnen maar me mee meer met mij mijn moet na naar niet nog nu of om
omdat ons onze ook op over te tot uit u uw van veel voor waar waarom waneer wanneer was wat we welk welke werd wie wij
worden wordt ze zich zij zijn zo kost
""",
            "pl": """
a aby albo ale b bez być był była było by czy co dla dlaczego do gdy gdzie i ich ile ja jak jaka jaki jakie jakich jest
jestem jej jego kiedy kogo kto które który która którym ma mam mi mnie może mogę mój moja moje muszę na nad nie o od on
ona oni po pod potrzebuję przed przez przy się są ta tak tam te tego tej ten to tu tylko tym u w we z za ze że
""",
        }.items()
    }
)


_SCRIPTS: Final = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
)
"""Languages that are told by their signs."""


@lru_cache(maxsize=1024)
def language_of(text: str) -> str:
    """The language whose stop words are most among the first words of ``text``; English where that is not clear."""
    if script := next((language for language, signs in _SCRIPTS if signs.search(text)), None):
        return script
    words = [found.group() for _, found in zip(range(_MAX_WORDS), _WORD.finditer(text.casefold()), strict=False)]
    counts = {language: sum(word in known for word in words) for language, known in STOP_WORDS.items()}
    best = max(counts, key=lambda language: (counts[language], language == "en"))
    return best if counts[best] > 0 else "en"
