import pytest

from tests.architecture import committed_text
from tests.architecture.secrets import secrets
from tests.architecture.sources import ROOT, assert_none, paths


def test_no_committed_text_holds_a_secret() -> None:
    texts = [path for path in paths() if committed_text.is_text(path)]
    assert len(texts) > 500
    assert_none(v for path in texts for v in secrets(path, (ROOT / path).read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "bad",
    [
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        "-----BEGIN " + "PRIVATE KEY-----",
        "key = AKIA" + "IOSFODNN7EXAMPLE",
        "ghp_" + "a" * 36,
        "github_pat_" + "a" * 82,
        "glpat-" + "a" * 20,
        "xoxb-" + "1" * 24,
        "sk_live_" + "a" * 24,
        "sk-proj-" + "a" * 48,
        "sk-ant-" + "a" * 48,
        "AIza" + "a" * 35,
        "npm_" + "a" * 36,
        "pypi-AgE" + "a" * 60,
        "ans_" + "0" * 32 + "_" + "0" * 12 + "_" + "a" * 43,
        "eyJ" + "a" * 20 + ".eyJ" + "a" * 20 + "." + "a" * 20,
        "DATABASE_URL=postgresql://app:" + "correct-horse-battery@db/answerable",
    ],
)
def test_a_secret_is_found_and_not_repeated(bad: str) -> None:
    (found,) = secrets("docs/bad.md", f"see {bad} here")
    assert bad not in str(found)


@pytest.mark.parametrize(
    "good", ["postgresql://app:PASSWORD@127.0.0.1/x", "sk-short", "ans_<tenant>_<prefix>", "sha256:" + "0" * 64]
)
def test_what_is_no_secret_is_left_alone(good: str) -> None:
    assert not list(secrets("docs/good.md", good))
