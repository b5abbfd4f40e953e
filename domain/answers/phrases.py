"""What the assistant says in words of its own, in the language that it is asked in; English where it has no other."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Phrases(NamedTuple):
    greeting: str
    thanks: str
    abilities: str
    documents: str
    no_documents: str
    not_found: str
    nearest: str


_ENGLISH: Final = Phrases(
    greeting="Hello! Ask me a question, and I will answer from the documents that I may use.",
    thanks="You are welcome. Ask me anything else.",
    abilities="I am an assistant that answers questions from the documents that I may use, and says where each answer "
    "comes from. Ask me how something is done, what something is, or for a figure of a table.",
    documents="I can answer from these documents:",
    no_documents="There are no documents that I may use for you.",
    not_found="I could not find this in the documents that I may use, so I would rather not guess. "
    "Try other words, or ask about one of the topics that I know.",
    nearest="The nearest pages are",
)
_PHRASES: Final[Mapping[str, Phrases]] = MappingProxyType(
    {
        "en": _ENGLISH,
        "de": Phrases(
            greeting="Hallo! Stellen Sie mir eine Frage, ich antworte aus den Dokumenten, die ich nutzen darf.",
            thanks="Gern geschehen. Haben Sie noch eine Frage?",
            abilities="Ich bin ein Assistent, der Fragen aus den Dokumenten beantwortet, die ich nutzen darf, und zu "
            "jeder Antwort die Quelle nennt. Fragen Sie, wie etwas geht, was etwas ist, oder nach einem Wert.",
            documents="Ich kann aus diesen Dokumenten antworten:",
            no_documents="Es gibt keine Dokumente, die ich für Sie nutzen darf.",
            not_found="Das habe ich in den Dokumenten, die ich nutzen darf, nicht gefunden, und raten möchte ich "
            "nicht. Versuchen Sie es mit anderen Worten.",
            nearest="Am nächsten kommen",
        ),
        "fr": Phrases(
            greeting="Bonjour ! Posez-moi une question, je réponds à partir des documents que je peux utiliser.",
            thanks="Avec plaisir. Avez-vous une autre question ?",
            abilities="Je suis un assistant qui répond aux questions à partir des documents que je peux utiliser, en "
            "citant la source de chaque réponse.",
            documents="Je peux répondre à partir de ces documents :",
            no_documents="Il n'y a aucun document que je puisse utiliser pour vous.",
            not_found="Je ne l'ai pas trouvé dans les documents que je peux utiliser, et je préfère ne pas deviner. "
            "Essayez avec d'autres mots.",
            nearest="Les pages les plus proches :",
        ),
        "es": Phrases(
            greeting="¡Hola! Hágame una pregunta y responderé con los documentos que puedo usar.",
            thanks="De nada. ¿Tiene otra pregunta?",
            abilities="Soy un asistente que responde preguntas con los documentos que puedo usar y cita la fuente de "
            "cada respuesta.",
            documents="Puedo responder con estos documentos:",
            no_documents="No hay documentos que pueda usar para usted.",
            not_found="No lo he encontrado en los documentos que puedo usar y prefiero no adivinar. "
            "Pruebe con otras palabras.",
            nearest="Las páginas más cercanas:",
        ),
        "it": Phrases(
            greeting="Ciao! Fammi una domanda e risponderò dai documenti che posso usare.",
            thanks="Prego. C'è altro?",
            abilities="Sono un assistente che risponde alle domande dai documenti che posso usare e cita la fonte di "
            "ogni risposta.",
            documents="Posso rispondere da questi documenti:",
            no_documents="Non ci sono documenti che io possa usare per te.",
            not_found="Non l'ho trovato nei documenti che posso usare e preferisco non tirare a indovinare. "
            "Prova con altre parole.",
            nearest="Le pagine più vicine:",
        ),
        "pt": Phrases(
            greeting="Olá! Faça-me uma pergunta e responderei com os documentos que posso usar.",
            thanks="De nada. Tem outra pergunta?",
            abilities="Sou um assistente que responde a perguntas com os documentos que posso usar e cita a fonte de "
            "cada resposta.",
            documents="Posso responder com estes documentos:",
            no_documents="Não há documentos que eu possa usar para si.",
            not_found="Não encontrei isto nos documentos que posso usar e prefiro não adivinhar. "
            "Tente outras palavras.",
            nearest="As páginas mais próximas:",
        ),
        "nl": Phrases(
            greeting="Hallo! Stel een vraag, dan antwoord ik uit de documenten die ik mag gebruiken.",
            thanks="Graag gedaan. Heeft u nog een vraag?",
            abilities="Ik ben een assistent die vragen beantwoordt uit de documenten die ik mag gebruiken, met de bron "
            "bij elk antwoord.",
            documents="Ik kan uit deze documenten antwoorden:",
            no_documents="Er zijn geen documenten die ik voor u mag gebruiken.",
            not_found="Ik heb dit niet gevonden in de documenten die ik mag gebruiken, en ik gok liever niet. "
            "Probeer andere woorden.",
            nearest="De dichtstbijzijnde pagina's:",
        ),
        "pl": Phrases(
            greeting="Dzień dobry! Proszę zadać pytanie, odpowiem na podstawie dokumentów, z których mogę korzystać.",
            thanks="Proszę bardzo. Czy jest jeszcze jakieś pytanie?",
            abilities="Jestem asystentem, który odpowiada na pytania na podstawie dokumentów, z których mogę "
            "korzystać, i podaje źródło każdej odpowiedzi.",
            documents="Mogę odpowiadać na podstawie tych dokumentów:",
            no_documents="Nie ma dokumentów, z których mogę tu korzystać.",
            not_found="Nie znalazłem tego w dokumentach, z których mogę korzystać, i wolę nie zgadywać. "
            "Proszę spróbować innych słów.",
            nearest="Najbliższe strony:",
        ),
        "zh": Phrases(
            greeting="您好!请提问,我会根据可以使用的文档回答。",
            thanks="不客气。还有其他问题吗?",
            abilities="我是一个助手,根据可以使用的文档回答问题,并注明每个回答的出处。",
            documents="我可以根据以下文档回答:",
            no_documents="没有我可以为您使用的文档。",
            not_found="我在可以使用的文档中没有找到答案,不想猜测。请换一种说法再试。",
            nearest="最接近的页面:",
        ),
        "ja": Phrases(
            greeting="こんにちは。ご質問に、利用できる文書からお答えします。",
            thanks="どういたしまして。ほかにご質問はありますか。",
            abilities="利用できる文書から質問に答え、それぞれの回答の出典を示すアシスタントです。",
            documents="次の文書からお答えできます:",
            no_documents="利用できる文書がありません。",
            not_found="利用できる文書の中に見つかりませんでした。推測はしません。別の言葉でお試しください。",
            nearest="最も近いページ:",
        ),
        "ar": Phrases(
            greeting="مرحبا! اطرح سؤالا وسأجيب من المستندات التي يمكنني استخدامها.",
            thanks="على الرحب والسعة. هل لديك سؤال آخر؟",
            abilities="أنا مساعد يجيب عن الأسئلة من المستندات التي يمكنني استخدامها ويذكر مصدر كل إجابة.",
            documents="يمكنني الإجابة من هذه المستندات:",
            no_documents="لا توجد مستندات يمكنني استخدامها لك.",
            not_found="لم أجد هذا في المستندات التي يمكنني استخدامها ولا أريد التخمين. جرّب كلمات أخرى.",
            nearest="أقرب الصفحات:",
        ),
    }
)


def phrases_for(language: str) -> Phrases:
    """``language`` by its two letters."""
    return _PHRASES.get(language, _ENGLISH)
