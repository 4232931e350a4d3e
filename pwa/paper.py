"""A private key on paper: short enough to type, with a check on every line, and proved before it is trusted.

32 bytes in four lines of fifteen signs from Crockford's alphabet, where no two letters look alike.
Each line ends in two check signs over its content and its place, so a wrong sign, two swapped signs and two
swapped lines are all noticed, and the line is named.
"""

import os
import re

from cryptography.hazmat.primitives.asymmetric import ec

from pwa import clock, envelope, keys, site
from pwa.i18n import gettext as _
from pwa.settings import Settings

LINES = 4
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TYPED_FOR = str.maketrans("OIL", "011")
_DATA_SIGNS, _CHECK_SIGNS = 13, 2
_PRIME = 1021  # the largest below 32², so two signs hold every remainder


class Mistyped(Exception):
    """What was typed is not what was printed; the message names the line."""


def written(private_key: ec.EllipticCurvePrivateKey) -> list[str]:
    scalar = private_key.private_numbers().private_value.to_bytes(32, "big")
    return [_line(place, scalar[place * 8 : place * 8 + 8]) for place in range(LINES)]


def read(text: str) -> ec.EllipticCurvePrivateKey:
    """Raises `Mistyped`."""
    lines = [line for line in map(_tidy, text.splitlines()) if line]
    if len(lines) != LINES:
        raise Mistyped(
            _("There should be %(num)d lines, not %(typed)d.") % {"num": LINES, "typed": len(lines)}
        )
    scalar = b"".join(_read_line(place, line) for place, line in enumerate(lines))
    try:
        return ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())
    except ValueError:
        raise Mistyped(_("These lines hold no key.")) from None


def rehearse(text: str, settings: Settings) -> keys.PublicKey:
    """Prove that this sheet brings everything back, and note the day; the caller commits.

    Raises `Mistyped` or `keys.KeyTrouble`.
    """
    private_key = read(text)
    public = _known(private_key, keys.public_keys(settings.key_dir))
    held = {public.id: private_key}
    drawn = os.urandom(32)
    sealed = envelope.seal_bytes(drawn, b"rehearsal", public.id, public.key)
    if envelope.unseal_bytes(sealed, b"rehearsal", held) != drawn:
        raise keys.KeyTrouble("A freshly sealed envelope did not open with the key on this sheet.")
    if keys.vault_key_id(settings.office_key_dir) == public.id:
        keys.open_vault(settings.office_key_dir, held)
    site.put(_fact(public.id), clock.now().isoformat().encode())
    return public


def rehearsed_on(key_id: bytes) -> str | None:
    """The day somebody last proved this key's sheet."""
    noted = site.get(_fact(key_id))
    return noted and noted.decode()[:10]


def restore(text: str, settings: Settings, passphrase: bytes | None = None) -> keys.PublicKey:
    """Write the private file again. Raises `Mistyped`, `keys.KeyTrouble` for the sheet of another office."""
    private_key = read(text)
    if any(settings.key_dir.glob("*.pub")):
        _known(private_key, keys.public_keys(settings.key_dir))
    return keys.keep(private_key, settings.key_dir, settings.office_key_dir, passphrase)


def _known(private_key: ec.EllipticCurvePrivateKey, publics: list[keys.PublicKey]) -> keys.PublicKey:
    name = keys.fingerprint(private_key.public_key())
    for public in publics:
        if public.id == name:
            return public
    raise keys.KeyTrouble(f"This sheet holds the key {name.hex()}, and no public key here has that name.")


def _fact(key_id: bytes) -> str:
    return f"rehearsed/{key_id.hex()}"


def _line(place: int, content: bytes) -> str:
    number = int.from_bytes(content, "big")
    signs = _signs(number, _DATA_SIGNS) + _signs(_check(place, number), _CHECK_SIGNS)
    return " ".join(signs[at : at + 5] for at in range(0, len(signs), 5))


def _read_line(place: int, line: str) -> bytes:
    try:
        number, check = _number(line[:_DATA_SIGNS]), _number(line[_DATA_SIGNS:])
        if len(line) == _DATA_SIGNS + _CHECK_SIGNS and check == _check(place, number):
            return number.to_bytes(8, "big")
    except (ValueError, OverflowError):
        pass
    raise Mistyped(_("Line %(num)d is mistyped.") % {"num": place + 1})


def _tidy(line: str) -> str:
    """Without the line's number, blanks and dashes; capitals; letters written for digits are digits again."""
    line = re.sub(r"^\s*\d\s*[.:)]", "", line)
    return re.sub(r"[\s.-]", "", line).upper().translate(_TYPED_FOR)


def _check(place: int, number: int) -> int:
    return ((place + 1) * 32**_DATA_SIGNS + number) % _PRIME


def _signs(number: int, length: int) -> str:
    return "".join(_ALPHABET[number >> 5 * at & 31] for at in reversed(range(length)))


def _number(signs: str) -> int:
    number = 0
    for sign in signs:
        number = number * 32 + _ALPHABET.index(sign)
    return number
