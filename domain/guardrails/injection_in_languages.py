"""Orders to leave the rules, and questions for passwords, in other languages than English.

Matched against normalised text, not against its look-alikes, which garble other alphabets. Normalising folds letters:
the final sigma becomes a plain one, so patterns are written as it leaves them, which a test looks after.
"""

from typing import Final

from domain.guardrails.injection_rules import Group, group


def _leave(stems: str, verbs: str, nouns: str, whose: str, *, reversed_order: bool = False) -> Group:
    """A verb, then what is to be left, with a word within reach that says whose or which it is."""
    ahead = rf"(?=[^.!?\n|]{{0,80}}?(?:{whose}))"
    if reversed_order:
        return group("override", (stems,), rf"(?:{nouns})[^.!?\n|]{{0,40}}?(?:{verbs})")
    return group("override", (stems,), rf"(?<!\w)(?:{verbs}){ahead}[^.!?\n|]{{0,56}}?(?:{nouns})")


LEAVE_RULES: Final[tuple[Group, ...]] = (
    _leave(
        "instruc órdenes ordenes reglas indicaciones directrices",
        r"olvid[ae](?:te)?(?: de)?|ignor[ae]|omit[ae]|haz caso omiso|desobedece|descart[ae]|no (?:sigas|obedezcas|hagas caso)|pasa por alto",
        r"instrucciones|[oó]rdenes|reglas|indicaciones|directrices",
        r"\btus\b|\bsus\b|anterior|previ[ao]s|precedente|de arriba|\btod[ao]s\b|has recibido|te (?:han|dieron|he)|del sistema",
    ),
    _leave(
        "instructions consignes directives règles regles ordres",
        r"ignor(?:e[zr]?|ant)|oubli(?:e[zr]?|ant)|ne (?:suis|suivez|tiens|tenez) (?:pas|plus)|faites? abstraction|fais abstraction|désobéi\w*|outrepasse[zr]?",
        r"instructions|consignes|directives|r[eè]gles|ordres",
        r"\bvos\b|\btes\b|précédent|precedent|antérieur|ci-dessus|\btoutes\b|initiale|reçues|du système|\bles\b",
    ),
    _leave(
        "anweisung instruktion regeln befehl vorgaben richtlinien",
        r"ignorier\w*|verg[ie]ss\w*|missacht\w*|überge?h\w*|befolg\w* nicht|folge nicht|setz\w* dich über|lass",
        r"anweisung|instruktion|regeln|befehle|vorgaben|richtlinien",
        r"\balle\b|\bdeine|\bihre\b|vorherig|bisherig|obige|früher|fruher|vorig|vorangegangen|ursprünglich|vorstehend|systems?\b",
    ),
    _leave(
        "istruzioni regole instruç instruc ordens regras ordini direttive diretrizes",
        r"ignor[ai](?:te|re)?|dimentic[ah]\w*|ignore|esque[cç]\w*|desconsider\w*|trascur\w*|disobbedi\w*|n[aã]o siga|non seguire",
        r"istruzioni|regole|ordini|direttive|instru[cç][oõ]es|ordens|regras|diretrizes",
        r"tutt[ei]|\btod[ao]s\b|\btue\b|\bsu[ae]s\b|precedent|anterior|previ[ao]s|prévias|acima|sopra|ricevut|recebid|del sistema|do sistema",
    ),
    _leave(
        "instructies opdrachten regels instrukc polece zasad instruktion anvisning instruks pokyn instrucțiuni instructiuni utasítás ohje",
        r"negeer|vergeet|zignoruj(?:cie)?|zapomnij(?:cie)?|pomiń|ignorera|glöm|ignorer|glem|se bort fra|bortse från|ignoruj(?:te)?|zapomeň(?:te)?|ignor[aă](?:ți)?"
        r"|uit[aă]|hagyd figyelmen kívül|felejtsd el|unohda|ohita|sivuuta",
        r"instructies|opdrachten|regels|instrukcj|polece|zasad|instruktion|anvisning|instruks|pokyn|instruc[tț]iuni|utasítás|ohje",
        r"\balle\b|vorige|eerdere|voorgaande|\bje\b|\buw\b|poprzedni|wcześniejsz|wszystki|swoje|tidigare|föregående|\balla\b|tidligere|forrige|ovenstående"
        r"|předchozí|všechny|anterioare|toate|minden|korábbi|előző|aiempi|aikaisem|edellis|kaikki",
    ),
    _leave(
        "instruksi perintah aturan hướng_dẫn chỉ_dẫn chỉ_thị quy_tắc arahan",
        r"abaikan|lupakan|jangan ikuti|hiraukan|bỏ qua|quên|phớt lờ|lờ đi",
        r"instruksi|perintah|aturan|arahan|hướng dẫn|chỉ dẫn|chỉ thị|quy tắc|mệnh lệnh",
        r"sebelum|semua|anda|di atas|trước|tất cả|của bạn|ở trên",
    ),
    _leave(
        "talimat komut kural yönerge",
        r"yok say|unut|görmezden|dikkate alma|uyma",
        r"(?:önceki|yukarıdaki|tüm|bütün|sana verilen)[^.!?\n|]{0,24}(?:talimat|komut|kural|yönerge)",
        "",
        reversed_order=True,
    ),
    group(
        "override",
        ("忽略 无视 無視 忽視 忘 不要理会 不要遵 不要管 忘れ",),
        r"(?:忽略|无视|無視|忽視|忘记|忘掉|忘記|不要理会|不要遵[守循从]|不要管)[^。!?]{0,16}(?:指令|指示|提示|规则|規則|命令|内容|要求|设定|約束|限制)",
        r"(?:指示|命令|指令|ルール|プロンプト|制約)[^。!?]{0,12}(?:無視|忘れ|従わな)",
    ),
    group(
        "override",
        ("지시 명령 지침 규칙 프롬프트",),
        r"(?:이전|위의|앞의|앞선|모든|기존|지금까지)[^.!?]{0,16}(?:지시|명령|지침|규칙|프롬프트)[^.!?]{0,10}(?:무시|잊|따르지)",
    ),
    group(
        "override",
        ("инструкци указани правил команд директив распоряжени інструкці вказівк наказ промпт",),
        r"(?<!\w)(?:(?:про)?игнорир(?:уй|овать|уя)\w*|забудь\w*|забыть|отбрось\w*|отмени\w*|пренебре\w+|отвергни\w*|не (?:следуй|обращай|слушай|выполняй|соблюдай)\w*"
        r"|(?:про)?ігнору(?:й|вати)\w*|забудьте?|не зважай\w*|нарушь\w*)(?=[^.!?\n|]{0,80}(?:предыдущ|прежн|ранее|выше|все|всё|всех|сво[иё]|тво[иё]|ваши|данн|систем"
        r"|раньше|исходн|начальн|попередн|усі|всі|внимани))[^.!?\n|]{0,60}?(?:инструкци|указани|правил|команд|директив|распоряжени|інструкці|вказівк|наказ|промпт)",
    ),
    group(
        "override",
        ("οδηγ εντολ κανόν κανον υποδείξ",),
        r"(?<!\w)(?:αγν[οό][ηή]σ\w*|αγνο[εέ]ί\w*|ξ[εέ]χ[αά]σ\w*|ξ[εέ]χνα|παρ[αά]β?λ[εέ]ψ\w*|παρ[αά]κ[αά]μψ\w*|μην? (?:ακολουθ|υπακο|λ[αά]β)\w*|[αά]κ[υύ]ρ[ωώ]σ\w*|παρ[αά]μ[εέ]ρ[ιί]σ\w*)"
        r"[^.!;?\n|]{0,60}?(?:οδηγ[ιί]|εντολ|κανόν|κανον|υποδε[ιί]ξ)",
    ),
    group(
        "override",
        ("تعليمات أوامر اوامر قواعد إرشادات ارشادات توجيهات دستور",),
        r"(?:تجاهل|انس[َى]?|تناس|اهمل|أهمل|لا تتبع|لا تلتزم)[^.!؟\n|]{0,32}?(?:تعليمات|أوامر|اوامر|قواعد|إرشادات|ارشادات|توجيهات)",
        r"دستور(?:ات|العمل)[^.!؟\n|]{0,24}?(?:نادیده|فراموش)",
    ),
    group(
        "override",
        ("הוראות הנחיות כללים פקודות",),
        r"(?:התעלם|התעלמי|התעלמו|שכח|שכחי|שכחו|תתעלם|אל תציית)[^.!?\n|]{0,28}?(?:הוראות|הנחיות|כללים|פקודות)",
    ),
    group(
        "override",
        ("निर्देश आदेश नियम คำสั่ง กฎ คำแนะนำ",),
        r"(?:निर्देश|आदेश|नियम)[^।!?\n|]{0,20}?(?:अनदेखी|अनदेखा|भूल|उपेक्षा|नजरअंदाज|नज़रअंदाज)",
        r"(?:ละเว้น|เพิกเฉย|ไม่สนใจ|ลืม|อย่าทำตาม)[^.!?\n|]{0,24}?(?:คำสั่ง|กฎ|คำแนะนำ)",
    ),
)

# Only in messages: documents speak of passwords.
ASKED: Final[tuple[Group, ...]] = (
    group(
        "secret",
        (
            "mot_de_passe senha palavra-passe password contrase clave passwort wachtwoord hasł hasl şifre parola kata_sandi mật_khẩu lösenord adgangskode salasana heslo jelszó",
        ),
        r"\b(?:quel(?:le)? est|donne[zr]?(?:-moi)?|dis-moi|révèle[zr]?(?:-moi)?) (?:le|la|votre|ton) mot de passe(?![-\w])(?! (?:par défaut|minim|maxim))",
        r"\b(?:qual [eéè]|dimmi|dammi|diga(?:-me)?|dê-me|me d[aê]|rivela|revele) (?:a |la |o )?(?:tua |sua |su )?(?:password|senha|palavra-passe)(?! (?:padr|predef|minim|m[aá]xim))|\bsua senha comigo",
        r"\b(?:cu[aá]l es|dime|dame|revela) (?:la|tu|su) (?:contrase[nñ]a|clave)(?! (?:por defecto|predeterminada|m[ií]nim|m[aá]xim|p[uú]blica|primaria))",
        r"\b(?:wie lautet|was ist|nennen sie|sag mir|verrate\w*) (?:mir )?(?:das|dein|ihr|euer) passwort(?![-\w])|\b(?:mir|uns) (?:ihr|dein|das) passwort (?:geben|nennen|sagen|verraten)",
        r"\b(?:şifre(?:n|niz)?|parola(?:n|nız)?) (?:nedir|ne\b)|\bapa (?:kata sandi|password)|\bmật khẩu (?:là gì|của bạn)|\bvad är (?:ditt )?lösenord|\bhvad er (?:din )?adgangskode"
        r"|\bmikä on (?:sinun )?salasana|\bjaké je (?:tvoje |vaše )?heslo|\bcare este parola|\bmi a jelszó",
        r"\bwat is (?:het|je|uw) wachtwoord|\b(?:jakie jest|podaj|powiedz mi) (?:twoje |swoje )?hasło",
    ),
    group(
        "personal_data",
        ("utilisateur usuario benutzer nutzer utente usuário gebruiker użytkownik kullanıcı pengguna người_dùng",),
        r"\bo[uù] (?:habite|vit|réside) l['’]utilisateur|\bd[oó]nde (?:vive|reside) (?:actualmente )?el usuario|\bwo (?:wohnt|lebt) (?:der|die) (?:be)?nutzer|\bdove (?:vive|abita) l['’]utente"
        r"|\bonde (?:mora|vive|reside) o usu[aá]rio|\bwaar woont de gebruiker|\bgdzie mieszka użytkownik|\bkullanıcı (?:şu anda )?nerede|\bdi mana pengguna (?:tinggal|saat ini)|\bngười dùng (?:đang )?sống ở đâu",
    ),
    group(
        "secret",
        ("パスワード 密码 密碼 口令 парол 비밀번호 كلمة पासवर्ड κωδικό סיסמ",),
        r"パスワード(?:は何|を(?:教|言|共有))|(?:密码|密碼|口令)是(?:什么|什麼|多少)|(?:告诉|告訴|给|給)我[^。]{0,6}(?:密码|密碼)|パスワード[^。]{0,8}必要",
        r"(?:какой|скажи\w*|назови\w*|сообщи\w*|раскрой\w*)[^.?]{0,20}пароль|비밀번호[^.]{0,6}(?:뭐|무엇|알려)|(?:ما هي|ما)[^.؟]{0,6}كلمة (?:المرور|السر)|पासवर्ड (?:क्या|बता)",
        r"(?:ποιοσ|πεσ|δώσε|αποκάλυψε)[^.;?]{0,16}κωδικό[σ]?|(?:מה|תגיד)[^.?]{0,12}(?:ה?סיסמה|ה?סיסמא)",
    ),
    group(
        "personal_data",
        ("пользовател ユーザー 用户 用戶 사용자 المستخدم उपयोगकर्ता χρήστησ המשתמש",),
        r"где (?:сейчас )?(?:жив[её]т|проживает|находится) (?:сейчас )?пользовател|ユーザー(?:は|が)[^。?]{0,8}どこに住|用[户戶][^。?]{0,6}住在(?:哪|什么)|사용자[^.?]{0,10}(?:어디에? ?(?:살|거주)|사는 곳)"
        r"|أين (?:يعيش|يسكن) المستخدم|उपयोगकर्ता[^।?]{0,20}(?:कहां|कहाँ) रह|πού (?:μένει|ζει) ο χρήστησ|איפה גר המשתמש",
    ),
)
