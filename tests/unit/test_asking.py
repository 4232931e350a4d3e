"""How a request is read: nothing of it rests on the disk, and a part without a name is nobody's."""

from io import BytesIO

from werkzeug.test import EnvironBuilder

from pwa.asking import Request

LARGE = (
    b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
    + b"x" * 2_000_000
    + b"\r\n--x--\r\n"
)
NAMELESS = (
    b"--x\r\nContent-Disposition: form-data\r\n\r\nlost\r\n"
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nkept\r\n--x--\r\n'
)


def sent(body: bytes) -> Request:
    builder = EnvironBuilder(method="POST", data=body, content_type="multipart/form-data; boundary=x")
    return Request(builder.get_environ())


def test_a_part_without_a_name_is_left_out():
    assert sent(NAMELESS).form.to_dict() == {"a": "kept"}


def test_a_large_file_stays_in_memory():
    assert isinstance(sent(LARGE).files["photo"].stream, BytesIO)


def test_ordinary_fields_keep_their_order_and_number():
    builder = EnvironBuilder(method="POST", data={"days": ["mon", "tue"], "story": "x"})
    assert Request(builder.get_environ()).form.getlist("days") == ["mon", "tue"]
