"""Makes a recording somebody sent bare of what phones write into it: place, time, names. The sound itself is untouched.

What it is decides its content, never its name. Nothing is decoded here: a container is read just far enough to empty
what can tell. In WebM and Ogg nothing is emptied, because the recorders of browsers and messengers put nobody's name there.
"""

import re
from dataclasses import dataclass

LARGEST = 3 * 1024 * 1024
_VIDEO_IN_WEBM = re.compile(rb"\x86[\x80-\xff]V_")  # a track whose codec is one of pictures
_WITHIN = (b"moov", b"trak", b"mdia", b"moof", b"traf")
_TELLS = (b"udta", b"meta", b"uuid", b"free", b"skip")
_TIMES = (b"mvhd", b"tkhd", b"mdhd")
_DEEPEST = 4


class NotASound(ValueError):
    """None of the recordings that phones make, or one with moving pictures."""


class Broken(ValueError):
    """It begins like a recording and does not go on like one."""


@dataclass(frozen=True)
class Format:
    """What a file is called when it is handed over."""

    ending: str
    mimetype: str


WEBM = Format("webm", "audio/webm")
OGG = Format("ogg", "audio/ogg")
MP4 = Format("m4a", "audio/mp4")
MP3 = Format("mp3", "audio/mpeg")
AAC = Format("aac", "audio/aac")
AMR = Format("amr", "audio/amr")
WAV = Format("wav", "audio/wav")


def bare(content: bytes) -> bytes:
    """Raises `NotASound`, `Broken`."""
    return _BARE.get(format_of(content), bytes)(content)


def format_of(content: bytes) -> Format:
    """Raises `NotASound`."""
    head = content[:4096]
    if head.startswith(b"\x1aE\xdf\xa3") and not _VIDEO_IN_WEBM.search(head):
        return WEBM
    if head.startswith(b"OggS") and head[28:].startswith((b"OpusHead", b"\x01vorbis")):
        return OGG
    if head[4:8] == b"ftyp":
        return MP4
    if head.startswith(b"#!AMR"):
        return AMR
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return WAV
    if head.startswith(b"ID3") or _begins(head, 0xE6, 0xE2):
        return MP3
    if _begins(head, 0xF6, 0xF0):
        return AAC
    raise NotASound


def _begins(head: bytes, mask: int, layer: int) -> bool:
    """A frame of sound begins with eleven ones and then says which kind it is."""
    return len(head) > 1 and head[0] == 0xFF and head[1] & mask == layer


def _emptied(content: bytes) -> bytes:
    """MP4 and 3GP: the sound without place, names and hours, and each byte of it where the file's tables say it is."""
    file = bytearray(content)
    _empty(file, 0, len(file))
    return bytes(file)


def _empty(file: bytearray, at: int, end: int, depth: int = 0) -> None:
    while at < end:
        size, kind = int.from_bytes(file[at : at + 4], "big"), bytes(file[at + 4 : at + 8])
        inside = at + (16 if size == 1 else 8)
        if size == 1:
            size = int.from_bytes(file[at + 8 : at + 16], "big")
        after = at + size if size else end
        if not inside <= after <= end or depth > _DEEPEST:
            raise Broken
        if kind in _WITHIN:
            _empty(file, inside, after, depth + 1)
        elif kind in _TELLS:
            file[at + 4 : at + 8] = b"free"
            file[inside:after] = bytes(after - inside)
        elif kind in _TIMES and after - inside >= 20:
            long = 16 if file[inside] == 1 else 8  # when it was made, and when it was changed
            file[inside + 4 : inside + 4 + long] = bytes(long)
        elif kind == b"hdlr" and file[inside + 8 : inside + 12] == b"vide":
            raise NotASound
        at = after


def _without_tags(content: bytes) -> bytes:
    """MP3: names and pictures stand before the sound (ID3v2) and behind it (ID3v1)."""
    at = 0
    while content.startswith(b"ID3", at):
        size = 0
        for byte in content[at + 6 : at + 10]:
            size = size << 7 | byte & 127
        at += 10 + size
    if not _begins(content[at : at + 2], 0xE0, 0xE0):
        raise Broken
    return content[at:-128] if content[-128:-125] == b"TAG" else content[at:]


def _only_the_sound(content: bytes) -> bytes:
    """WAV: how it was sampled, and the samples; every other chunk may tell."""
    kept, at = [], 12
    while at + 8 <= len(content):
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if name in (b"fmt ", b"data"):
            body = content[at + 8 : at + 8 + size]
            kept += [name, len(body).to_bytes(4, "little"), body, bytes(len(body) % 2)]
        at += 8 + size + size % 2
    if kept[:1] != [b"fmt "] or b"data" not in kept:
        raise Broken
    sound = b"".join(kept)
    return b"RIFF" + (4 + len(sound)).to_bytes(4, "little") + b"WAVE" + sound


_BARE = {MP4: _emptied, MP3: _without_tags, WAV: _only_the_sound}
