"""What keys look like, by the prefixes that their issuers give them. Each runs in time linear to the text."""

import re
from typing import Final

# Prefix, then the alphabet and the least length of what follows it.
_ISSUED: Final = (
    r"ans_[0-9a-f]{32}_[0-9a-f]{12}_[\w-]{20,}",
    r"(?:sk|rk|pk)[-_](?:live|test|proj|ant|svcacct|or)?[-_]?[A-Za-z0-9]{16,}",
    r"sk-(?:proj|ant|svcacct|or)-[\w-]{16,}",
    r"gh[pousr]_[A-Za-z0-9]{20,}",
    r"github_pat_\w{20,}",
    r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt)-[\w.-]{16,}",
    r"xox[abeprs]-[A-Za-z0-9.-]{10,}",
    r"xapp-\d-[A-Za-z0-9-]{10,}",
    r"(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}",
    r"AIza[\w-]{35}",
    r"ya29\.[\w-]{20,}",
    r"GOCSPX-[\w-]{20,}",
    r"npm_[A-Za-z0-9]{30,}",
    r"pypi-[\w-]{32,}",
    r"dckr_[a-z]{3}_[\w-]{20,}",
    r"hf_[A-Za-z0-9]{30,}",
    r"SG\.[\w-]{16,}\.[\w-]{16,}",
    r"(?:SK|AC)[0-9a-f]{32}",
    r"key-[0-9a-f]{32}",
    r"whsec_[A-Za-z0-9+/=]{16,}",
    r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
    r"(?:dop|doo|dor)_v1_[0-9a-f]{40,}",
    r"dapi[0-9a-f]{32}",
    r"ATATT3[\w=-]{30,}",
    r"hv[sbr]\.[\w-]{20,}",
    r"lin_api_[A-Za-z0-9]{30,}",
    r"sq0(?:atp|csp)-[\w-]{22,}",
    r"AGE-SECRET-KEY-1[0-9A-Z]{40,}",
    r"\d{8,10}:AA[\w-]{33}",
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.(?:[\w-]{8,})?",
    r"xoxe\.xox[bp]-\d-[A-Za-z0-9]{20,}",
    r"(?:gsk|r8|xai|tvly|nvapi|pplx|figd|ntn|rubygems|sbp|sntrys|sntryu|shippo_live|phx|dapi|vercel|glsa|cfut)[-_][\w-]{20,}",
    r"(?:tskey|PMAK|NRAK|NRJS|EAAC)[A-Za-z0-9_-]{20,}",
    r"dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9]{20,}",
    r"[0-9a-f]{32}-us\d{1,2}",
    r"\w{3}8Q~[\w.~-]{30,}",
    r"[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,}",
)
# No key is shorter than 16 characters: that alone is tested at most words of a text.
KEYS: Final = re.compile(rf"(?<![\w-])(?=[\w.:+/~-]{{16}})(?:{'|'.join(_ISSUED)})(?!\w)")
