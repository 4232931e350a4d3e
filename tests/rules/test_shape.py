"""The shape of the house: what others may rely on is where it was promised, and stays small enough to read."""

import re
import subprocess
import tomllib

import pytest

from pwa import places

ROOT = places.ROOT
MODULES = sorted(path for path in places.PACKAGE.rglob("*.py") if "versions" not in path.parts)
LOCKS = ("requirements.txt", "requirements-test.txt")
DOMAIN = [
    path
    for path in places.PACKAGE.glob("*.py")
    if "from flask import" not in path.read_text(encoding="utf-8")
]


def named(path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize(
    "path",
    [
        "pyproject.toml", "manifest.json", "service-worker.js", "Makefile", ".ci/run", "pwa/routes", "pwa/templates",
        "pwa/static", "locales/id", "locales/ban", "tests", "requirements.txt", "requirements-test.txt",
    ],
)  # fmt: skip
def test_what_was_promised_is_in_its_place(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_says_what_it_is_and_fits_a_sitting(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 250, "one noun, one module"
    assert not lines or lines[0].startswith('"""'), "it opens with one sentence"


def test_domain_modules_do_not_know_requests():
    """Only these few, which stand between the web and the rest, may."""
    between = {
        "app", "assets", "compress", "cookies", "doorway", "failures", "helping", "htmx", "jobs", "logins", "logs", "room",
        "rooms", "security",
        "serving", "visitor", "visitroom",
    }  # fmt: skip
    knowing = {path.stem for path in places.PACKAGE.glob("*.py") if path not in DOMAIN}
    assert knowing <= between, knowing - between


def test_no_route_imports_another():
    """But `language`, which keeps what was typed into any form while the page changes its language."""
    for path in (places.PACKAGE / "routes").glob("*.py"):
        if path.stem != "language":
            assert "from pwa.routes" not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_locked_by_its_hash_and_names_no_address(lock):
    text = (ROOT / lock).read_text()
    assert not re.search(r"https?://|file:|--index|--extra-index|--find-links|--trusted| @ ", text)
    packages = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^#.*\n", "", text))
    for package in filter(str.strip, packages):
        assert re.match(
            r"[a-z0-9.\-]+(\[[a-z,]+\])?==\S+ \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n?)+\Z", package
        ), package


def test_what_is_served_is_locked_the_same_in_tests():
    served, tested = (
        set(re.findall(r"(?m)^([a-z0-9.\-]+==\S+)", (ROOT / lock).read_text())) for lock in LOCKS
    )
    assert served <= tested


def test_every_package_we_name_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = set(re.findall(r"(?m)^([a-z0-9.\-]+)==", (ROOT / LOCKS[1]).read_text()))
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.match(r"[A-Za-z0-9.\-_]+", line).group().lower().replace("_", "-") for line in wanted}
    assert names <= locked


def test_nothing_private_is_in_the_repository():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.split("\0"):
        assert not name.endswith((".pem", ".sealed", ".db", ".env", ".secret")), name
