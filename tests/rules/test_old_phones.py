"""Nothing an old phone has never heard of: scripts and styles stay at the level of Chrome 138 and Safari 15.4.

A page that uses more breaks on the phones of the people who need it most, and no test in a new browser would notice.
"""

import re

import pytest

from pwa import places

SOURCES = places.PACKAGE / "static"
SCRIPTS = sorted([places.ROOT / "service-worker.js", *(SOURCES / "js").glob("*.js")])
STYLES = sorted((SOURCES / "css").glob("*.css"))

# What it looks like, and the first Safari that knows it. With `?.` before it, doing without is allowed.
TOO_NEW_IN_SCRIPTS = {
    r"\(\?<[=!]": "16.4, looking behind in a pattern",
    r"/[a-z]*v[a-z]*[,;)\s.]": "17, sets in a pattern",
    r"\bstatic \{": "16.4",
    r"\.(toSorted|toReversed|toSpliced|with)\(": "16",
    r"\b(Object|Map)\.groupBy\b": "17.4",
    r"\bPromise\.(withResolvers|try)\b": "17.4",
    r"\bArray\.fromAsync\b": "16.4",
    r"\bAbortSignal\.(timeout|any)\b": "16 and 17.4",
    r"\b(OffscreenCanvas|CompressionStream|DecompressionStream)\b": "16.4",
    r"\brequestIdleCallback\b": "18",
    r"\.(isWellFormed|toWellFormed|checkVisibility|showPicker|showPopover)\(": "16 and later",
    r"\.(union|intersection|difference|isSubsetOf)\(": "17",
    r"\bstartViewTransition\b": "18",
    r"\bimport\.meta\.resolve\b": "16.4",
    r"\.(toHex|toBase64|setFromHex)\(|\bfromBase64\(": "18.2",
    r"\bnavigator\.connection\.": "never",
    r"\bnavigator\.userActivation\.": "16.4",
    r"(?<!\?)\.sync\.": "never",
    r"\bawait using\b|\busing [a-z]+ =": "never",
    r"\bdocument\.(requestStorageAccessFor|pictureInPicture)": "never",
}
TOO_NEW_IN_STYLES = {
    r"(?m)^\s*&|\{\s*&": "16.5, rules within rules",
    r"@container\b": "16",
    r"@scope\b|@starting-style\b|@property\b": "16.4 and later",
    r"\bcolor-mix\(|\boklch\(|\blight-dark\(": "15.4 and later",
    r"\bsubgrid\b": "16",
    r"\btext-wrap\b": "17.4",
    r"\bfield-sizing\b|\binterpolate-size\b": "never",
    r":user-(in)?valid\b": "16.5",
    r"\banchor-name\b|\bposition-anchor\b": "never",
}


def uncommented(text: str) -> str:
    return re.sub(r"/\*.*?\*/|(?m:^\s*//.*$)", "", text, flags=re.S)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_asks_for_more_than_old_phones_know(path):
    text = uncommented(path.read_text())
    found = {shape: since for shape, since in TOO_NEW_IN_SCRIPTS.items() if re.search(shape, text)}
    assert not found, f"{path.name}: {found}"


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_no_style_asks_for_more_than_old_phones_know(path):
    text = uncommented(path.read_text())
    found = {shape: since for shape, since in TOO_NEW_IN_STYLES.items() if re.search(shape, text)}
    assert not found, f"{path.name}: {found}"


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("const late = list.toSorted()", TOO_NEW_IN_SCRIPTS),
        ("const rest = /(?<=a)b/.exec(text)", TOO_NEW_IN_SCRIPTS),
        ("await fetch(url, { signal: AbortSignal.timeout(9) })", TOO_NEW_IN_SCRIPTS),
        ("registration.sync.register('k')", TOO_NEW_IN_SCRIPTS),
        (".a { & .b { color: red } }", TOO_NEW_IN_STYLES),
        (".a { color: color-mix(in srgb, red, blue) }", TOO_NEW_IN_STYLES),
    ],
)
def test_what_is_too_new_would_be_found(text, shapes):
    """Without this an empty result above would prove nothing."""
    assert any(re.search(shape, uncommented(text)) for shape in shapes)
