from importlib.metadata import PackageNotFoundError, version

import pytest

from tests.architecture import committed_text
from tests.architecture.sources import ROOT, assert_none, paths

PROFILES = ("runtime", "dev")
CLOSURES = ("runtime", "dev", "audit")


def _read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_no_text_names_a_package_registry_or_a_folder_of_one_machine() -> None:
    texts = (path for path in paths() if committed_text.is_text(path))
    assert_none(v for path in texts for v in committed_text.machine_traces(path, _read(path)))


def test_every_requirement_is_one_exact_version() -> None:
    files = [path for path in paths() if path.startswith("requirements/")]
    assert files
    assert_none(v for path in files for v in committed_text.loose_requirements(path, _read(path)))


def test_every_release_is_pinned_to_the_digests_of_its_files() -> None:
    files = [path for path in paths() if path.startswith("requirements/") and path.endswith(".txt")]
    assert len(files) > len(CLOSURES)
    assert_none(v for path in files for v in committed_text.unhashed_requirements(path, _read(path)))


@pytest.mark.parametrize(
    "bad",
    [
        "httpx==0.28.1",
        "httpx==0.28.1 \\",
        "httpx==0.28.1 \\\n    --hash=md5:0",
        "httpx==0.28.1 \\\nh11==1.0",
        "httpx==0.28.1\n    --hash=sha256:" + "0" * 64,
    ],
)
def test_a_release_without_a_digest_is_found(bad: str) -> None:
    assert list(committed_text.unhashed_requirements("requirements/bad.txt", bad))


def test_a_release_with_a_digest_is_left_alone() -> None:
    good = "httpx==0.28.1 ; x == 'y' \\\n    --hash=sha256:" + "0" * 64 + "\ntorch==2.13.0"
    assert not list(committed_text.unhashed_requirements("requirements/good.txt", good))
    assert not list(committed_text.loose_requirements("requirements/good.txt", good))
    assert committed_text.pins(good) == {"httpx": "0.28.1", "torch": "2.13.0"}


@pytest.mark.parametrize("profile", CLOSURES)
def test_the_top_level_and_the_whole_closure_name_the_same_versions(profile: str) -> None:
    closure = committed_text.pins(_read(f"requirements/{profile}.txt"))
    for name, pinned in committed_text.pins(_read(f"requirements/{profile}.in")).items():
        assert closure.get(name) == pinned, name


def test_no_package_is_pinned_for_running_and_again_for_developing() -> None:
    runtime, dev = (set(committed_text.pins(_read(f"requirements/{profile}.txt"))) for profile in PROFILES)
    assert not runtime & dev


def test_what_is_installed_is_what_is_pinned() -> None:
    for profile in PROFILES:
        for name, pinned in committed_text.pins(_read(f"requirements/{profile}.txt")).items():
            try:
                installed = version(name)
            except PackageNotFoundError:
                continue  # a marker excludes it here
            assert installed.partition("+")[0] == pinned, name


@pytest.mark.parametrize(
    "bad",
    [
        "url = https://files." + "pythonhosted.org/packages/x.whl",
        "https://pypi." + "org/simple/",
        '"resolved": "https://registry.' + 'npmjs.org/x.tgz"',
        "cd /" + "root/project",
        'open("/' + 'home/alice/notes.txt")',
        "see /" + "Users/alice/notes",
        "data in /" + "work/main",
        "PATH=/" + "tmp/venv/bin",
        r"C:\\" + "Users",
    ],
)
def test_a_trace_of_a_machine_is_found(bad: str) -> None:
    assert list(committed_text.machine_traces("docs/bad.md", bad))


@pytest.mark.parametrize(
    "good",
    [
        "GET /v1/tmp/x",
        "https://example.com/work/orders",
        "/usr/bin/chromium",
        "packs/*/home/x",
        "{base}/tmp/x",
        "./tmp",
    ],
)
def test_an_ordinary_path_is_left_alone(good: str) -> None:
    assert not list(committed_text.machine_traces("docs/good.md", good))


@pytest.mark.parametrize(
    "bad",
    [
        "httpx",
        "httpx>=0.28",
        "httpx==0.*",
        "torch==2.13.0+cpu",
        "--index-url x",
        "x @ https://example.com/x.whl",
        "-e .",
    ],
)
def test_a_loose_requirement_is_found(bad: str) -> None:
    assert list(committed_text.loose_requirements("requirements/bad.txt", bad))


@pytest.mark.parametrize(
    "good", ["httpx==0.28.1", "uvicorn[standard]==0.54.0", "a-b==1.0 ; x == 'y'", "-r runtime.txt"]
)
def test_an_exact_requirement_is_left_alone(good: str) -> None:
    assert not list(committed_text.loose_requirements("requirements/good.txt", good))
