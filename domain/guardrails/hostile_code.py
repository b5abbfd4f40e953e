"""Code in a document that nobody should run: it spies, sends away what it finds, locks or destroys.

One call tells nothing, as each of them is documented somewhere. What counts is two or three that only together make
sense: keys that are listened to and kept, the whole environment posted to an address, files encrypted in all folders
and a demand for money. What a person runs on purpose, such as "rm -rf ./build" or an iptables command, stays.
"""

from typing import Final

from domain.guardrails.injection_rules import Group, group

_NEAR: Final = r"[\s\S]{0,600}?"


def _then(*parts: str) -> str:
    """Each part behind the one before it, within reach. Once a part is found no other place for it is tried, so that
    many of the first and none of the last cost no more than their number."""
    return parts[0] + "".join(rf"(?>{_NEAR}(?:{part}))" for part in parts[1:])


_OUTSIDE: Final = r"https?:(?!//(?:localhost|127))"
_POSTS: Final = (
    rf"requests\.(?:post|put)\( ?(?:url ?= ?)?f?[\"'`]{_OUTSIDE}|(?:urlopen|request)\( ?f?[\"'`]{_OUTSIDE}|sendmail\(|\.sendall\("
    rf"|\.storbinary\(|fetch\( ?[\"'`]{_OUTSIDE}|sendbeacon\( ?[\"'`]{_OUTSIDE}|axios\.post\( ?[\"'`]{_OUTSIDE}"
)
# Of the machine and of whoever sits at it: never the one variable that holds a service's own key.
_FOUND: Final = (
    r"(?:dict\( ?os\.environ ?\)|os\.environ(?:\.items\(|\.copy\(|\)|,| ?\})|json\.dumps\( ?dict\(os\.environ|process\.env(?:\)|,| ?\})"
    r"|platform\.(?:uname|node|platform|processor)\(|getpass\.getuser\(|socket\.gethostbyname\( ?socket\.gethostname|uuid\.getnode\("
    r"|document\.cookie|navigator\.useragent|pyperclip\.paste|clipboard\.read|login data|cookies\.sqlite|browser_cookie|\.ssh/id_"
    r"|/etc/(?:passwd|shadow)|\.aws/credentials|imagegrab\.grab|pyautogui\.screenshot|sniff\( ?(?:iface|prn))"
)
_SHELL: Final = (
    r"(?:os\.system|os\.popen|subprocess\.\w+|exec|child_process\.\w+|system|popen|shell_exec)\( ?\[?f?[\"'`]"
)
_BETWEEN: Final = r"[\"', ]+"

IN_CODE: Final[tuple[Group, ...]] = (
    group(
        "hostile_code",
        ("keyboard pyhook keylog onkeydown getasynckeystate keydown keypress keyup",),
        _then(
            r"(?:pynput|import keyboard|pyhook|keylogger|getasynckeystate)",
            r"on_press|onkeydown|keydown|hook_keyboard|on_release|keyboard\.record|read_event",
            r"open\(|logging|write\(|requests|socket|smtp|sendmail",
        ),
        _then(
            r"addeventlistener\( ?[\"'](?:keydown|keypress|keyup)[\"']",
            rf"fetch\( ?[\"'`]{_OUTSIDE}|xmlhttprequest|sendbeacon|axios\.post",
        ),
    ),
    group(
        "hostile_code",
        (
            "requests. urllib sendall storbinary sendmail fetch( sendbeacon axios urlopen",
            (
                "environ process.env platform. getpass gethost getnode cookie useragent clipboard pyperclip login_data .ssh/ /etc/passwd"
                " /etc/shadow credentials imagegrab pyautogui sniff("
            ),
        ),
        _then(_FOUND, _POSTS),
        rf"(?:{_POSTS})[^)\n]{{0,120}}?{_FOUND}",
    ),
    group(
        "hostile_code",
        (
            "evil attacker malicious exfil stolen",
            "requests. urllib http.client sendall smtplib sendmail socket.socket ftplib fetch( axios",
        ),
        _then(
            r"\b(?:evil|attacker|malicious|exfil\w*|stolen)[\w-]{0,20}[./:]",
            r"requests\.(?:post|put)\(|urlopen\(|http\.client\.|\.sendall\(|smtplib\.|sendmail\(|socket\.socket\(|ftplib\.|axios\.post",
        ),
    ),
    group(
        "hostile_code",
        (
            "fernet aes crypto rsa encrypt",
            "walk listdir glob rglob",
            "ransom bitcoin btc pay decrypt_your recover_your unlock_your your_files",
        ),
        _then(
            r"(?:fernet|\baes\b|cryptography|\brsa\b)",
            r"os\.walk|os\.listdir|glob\(|rglob\(",
            r"ransom|bitcoin|\bbtc\b|\bpay \w+ |recover your|unlock your|your files (?:are|have)",
        ),
    ),
    group(
        "hostile_code",
        ("os.walk rglob", ".encrypt(", "write remove unlink"),
        _then(r"os\.walk\( ?[\"'](?:/|c:|~)[^\"']{0,40}[\"'] ?\)", r"\.encrypt\(", r"write\(|os\.remove|unlink"),
        _then(r"path\.home\(\)\.rglob\(", r"\.encrypt\(", r"write|unlink"),
    ),
    group(
        "hostile_code",
        ("rm_-rf rmtree :(){ fork() format_c: /dev/sd of=/dev/ system32 no-preserve-root del_/",),
        rf"{_SHELL}(?:sudo )?(?:rm -rf? (?:--no-preserve-root )?(?:/|/\*|~|/etc|/usr|/bin|/boot|c:)(?=[\"'` *])"
        r"|dd if=/dev/(?:zero|u?random) of=/dev/|mkfs\S* /dev/|format c:|del /[fsq]|:\(\)\{)",
        r"shutil\.rmtree\( ?[\"'](?:/|/etc|/usr|/home|/boot|c:\\\\?(?:windows)?)[\"']",
        r"(?:os\.remove|os\.unlink|shutil\.rmtree)\([^)\n]{0,40}system32|rm -rf --no-preserve-root /(?![\w.])",
        r":\(\) ?\{ ?:\|: ?& ?\};:|while (?:true|1) ?: ?os\.fork\(\)",
    ),
    group(
        "hostile_code",
        ("iptables netsh ifconfig nmcli ip_link ufw route systemctl", "os. subprocess exec system( popen"),
        rf"{_SHELL}[^\n]{{0,20}}?(?:iptables{_BETWEEN}-[api][^\n]{{0,60}}?drop|netsh{_BETWEEN}(?:interface|advfirewall)[^\n]{{0,80}}?(?:disable|block)"
        rf"|ifconfig{_BETWEEN}\w+{_BETWEEN}down|ip{_BETWEEN}link{_BETWEEN}set[^\n]{{0,30}}?down|nmcli[^\n]{{0,30}}?(?:off|down)"
        rf"|ufw{_BETWEEN}(?:default{_BETWEEN})?deny|route{_BETWEEN}del|systemctl{_BETWEEN}stop{_BETWEEN}network)",
    ),
    group(
        "hostile_code",
        ("/etc/hosts drivers",),
        r"open\( ?[\"'](?:/etc/hosts|c:\\\\?windows[^\"']{0,30}hosts)[\"'], ?[\"'][aw][\s\S]{0,200}?write\(",
    ),
    group(
        "hostile_code",
        ("flood dos( attack thread", "while for_ range(", "requests. socket sendto urlopen"),
        _then(
            r"def \w*(?:flood|ddos|dos|attack)\w* ?\(",
            r"while (?:true|1)|for _ in range",
            r"requests\.(?:get|post)|sendto|\.connect\(|urlopen|\bsend\(",
        ),
        r"while (?:true|1) ?: ?(?:try: ?)?(?:requests\.(?:get|post)|\w+\.sendto|send\(ip)\((?![\s\S]{0,200}?sleep)[\s\S]{0,300}?\bthread",
    ),
    group(
        "hostile_code",
        ("/bin/sh /bin/bash cmd.exe powershell bash_-i sh_-i nc_", "connect( /dev/tcp nc_"),
        _then(
            r"\.connect\( ?\([^)\n]{3,60}\) ?\)",
            r"os\.dup2|pty\.spawn|subprocess\.(?:call|popen|run|check_output|getoutput)\( ?\[?[\"'](?:/bin/|cmd|powershell)",
        ),
        r"\b(?:bash|sh) -i ?>& ?/dev/tcp/|\bnc (?:-\w{1,8} ){0,3}\S{3,40} \d{2,5} -e /bin/|\bnc -e /bin/(?:ba)?sh \S{3,40} \d{2,5}",
    ),
)
