"""A recording keeps its sound and loses what tells where, when and by whom it was made."""

import time

import pytest

from pwa import sounds
from tests.sounds import OURS, PRETENDERS, SOUND, THAT_TELL, TORN, a_box, an_mp4


@pytest.mark.parametrize("name", OURS)
def test_every_recording_a_phone_makes_is_taken_and_still_sounds_the_same(name):
    made = sounds.bare(OURS[name])
    assert SOUND in made
    assert sounds.format_of(made) == sounds.format_of(OURS[name])


@pytest.mark.parametrize("name", THAT_TELL)
def test_place_and_names_are_gone(name):
    assert b"kenari" in OURS[name]
    made = sounds.bare(OURS[name])
    assert b"kenari" not in made
    assert b"+06" not in made


def test_the_hour_is_gone_and_every_byte_of_the_sound_is_where_the_tables_say():
    told = an_mp4(tells=b"\x01\x02\x03\x04\x05\x06\x07\x08kenari")
    made = sounds.bare(told)
    assert len(made) == len(told)
    assert made.index(SOUND) == told.index(SOUND)
    assert b"\x01\x02\x03\x04\x05\x06\x07\x08" not in made


@pytest.mark.parametrize("name", PRETENDERS)
def test_what_is_no_recording_or_moves_is_refused_by_its_content(name):
    with pytest.raises(sounds.NotASound):
        sounds.bare(PRETENDERS[name])


@pytest.mark.parametrize("name", TORN)
def test_a_torn_recording_is_refused(name):
    with pytest.raises(sounds.Broken):
        sounds.bare(TORN[name])


def test_one_made_to_keep_the_server_busy_does_not():
    """Thousands of boxes, tags and chunks of nothing; what is nested for ever is torn."""
    began = time.process_time()
    sounds.bare(a_box(b"ftyp") + a_box(b"free") * 390_000)
    for busy in (b"ID3\x04\x00\x00\0\0\0\0" * 310_000, b"RIFF\0\0\0\0WAVE" + b"data\0\0\0\0" * 390_000):
        with pytest.raises(sounds.Broken):
            sounds.bare(busy)
    nested = b""
    for _ in range(3_000):
        nested = a_box(b"moov", nested)
    with pytest.raises(sounds.Broken):
        sounds.bare(a_box(b"ftyp") + nested)
    assert time.process_time() - began < 10
