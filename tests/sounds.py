"""Recordings as phones make them, with all they tell about place, time and owner; and files that only pretend to be one."""

from random import Random

TELLS = b"kenari +06.1200-106.1500/"  # the shape in which phones write where they are
SOUND = Random(6).randbytes(2_000).replace(b"\xff", b"\xfe")


def a_box(kind: bytes, inside: bytes = b"") -> bytes:
    return (8 + len(inside)).to_bytes(4, "big") + kind + inside


def an_mp4(
    *, brand: bytes = b"M4A ", tells: bytes = TELLS, track: bytes = b"soun", sound: bytes = SOUND
) -> bytes:
    times = bytes(4) + tells[:8].ljust(8, b"k") + bytes(12)
    handler = a_box(b"hdlr", bytes(8) + track + bytes(13))
    media = a_box(b"mdia", a_box(b"mdhd", times) + handler)
    track_ = a_box(b"trak", a_box(b"tkhd", times) + media + a_box(b"meta", tells))
    movie = a_box(b"moov", a_box(b"mvhd", times) + track_ + a_box(b"udta", a_box(b"\xa9xyz", tells)))
    return a_box(b"ftyp", brand + bytes(4)) + movie + a_box(b"uuid", tells) + a_box(b"mdat", sound)


def an_mp3(*, tells: bytes = TELLS, sound: bytes = SOUND) -> bytes:
    tag = b"ID3\x04\x00\x00" + bytes([0, 0, 1, 0]) + tells.ljust(128, b"\0")
    return tag + b"\xff\xfb\x90\x00" + sound + b"TAG" + tells.ljust(125, b"\0")


def a_wav(*, tells: bytes = TELLS, sound: bytes = SOUND) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return name + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)

    chunks = (
        chunk(b"LIST", b"INFO" + tells)
        + chunk(b"fmt ", bytes(16))
        + chunk(b"data", sound)
        + chunk(b"id3 ", tells)
    )
    return b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WAVE" + chunks


def a_webm(*, codec: bytes = b"A_OPUS", sound: bytes = SOUND) -> bytes:
    track = b"\x16\x54\xae\x6b\x8c\x86" + bytes([0x80 | len(codec)]) + codec
    return b"\x1a\x45\xdf\xa3\x84webm" + track + sound


def an_ogg(*, sound: bytes = SOUND) -> bytes:
    return b"OggS" + bytes(24) + b"OpusHead" + sound


AMR = b"#!AMR\n" + SOUND
AAC = b"\xff\xf1" + SOUND

OURS = {
    "webm": a_webm(), "ogg": an_ogg(), "m4a": an_mp4(), "3gp": an_mp4(brand=b"3gp4"), "mp3": an_mp3(), "amr": AMR,
    "wav": a_wav(), "aac": AAC,
}  # fmt: skip
THAT_TELL = ("m4a", "3gp", "mp3", "wav")
PRETENDERS = {
    "program.mp3": b"MZ\x90\x00" + bytes(200), "page.webm": b"<html><script>alert(1)</script>",
    "foto.m4a": b"\xff\xd8\xff\xe0" * 30,
    "text.mp3": b"\xff\xfec\x00e\x00r\x00i\x00t\x00a\x00", "film.webm": a_webm(codec=b"V_VP9"),
    "film.mp4": an_mp4(track=b"vide"), "film.ogg": b"OggS" + bytes(24) + b"\x80theora" + SOUND,
}  # fmt: skip
TORN = {
    "m4a": an_mp4()[:-100], "deep.m4a": a_box(b"ftyp") + b"".join(b"\x7f\xff\xff\xff" + b"moov" for _ in range(9)),
    "short.m4a": a_box(b"ftyp") + b"\x00\x00\x00\x03mdat", "mp3": b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f", "wav": a_wav()[:30],
}  # fmt: skip
