"""Looking for something that must not be there, in every shape in which a computer might have kept it."""

from base64 import b64encode
from pathlib import Path


def shapes_of(secret: str | bytes) -> set[bytes]:
    """Plain, as Windows and Java write it, in hex, and in base64 wherever in a longer text it stood."""
    plain = secret.encode() if isinstance(secret, str) else secret
    wide = {secret.encode("utf-16-le"), secret.encode("utf-16-be")} if isinstance(secret, str) else set()
    in_hex = plain.hex().encode()
    return {plain, in_hex, in_hex.upper(), *wide, *_base64_of(plain)}


def found_in(content: bytes, secrets: set[str | bytes]) -> set[str | bytes]:
    return {secret for secret in secrets if any(shape in content for shape in shapes_of(secret))}


def found_under(folder: Path, secrets: set[str | bytes]) -> dict[str, set]:
    """Which file holds which of them."""
    shapes = {secret: shapes_of(secret) for secret in secrets}
    hits = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if hit := {secret for secret, each in shapes.items() if any(shape in content for shape in each)}:
            hits[str(path.relative_to(folder))] = hit
    return hits


def _base64_of(plain: bytes) -> set[bytes]:
    """The middle of it for each of the three ways it may fall into base64's groups of three."""
    found = set()
    for before in range(3):
        whole = b64encode(bytes(before) + plain)
        start, end = (4 if before else 0), -4 if (before + len(plain)) % 3 else None
        found |= {whole[start:end], whole[start:end].replace(b"+", b"-").replace(b"/", b"_")}
    return found
