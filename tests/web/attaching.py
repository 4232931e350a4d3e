"""Bringing a file: by plain form, or sealed as her phone does it."""

from pathlib import PurePath
from uuid import UUID, uuid4

from sqlalchemy import select

from pwa import clock, db, envelope
from pwa.attachments import Attachment, Kind
from pwa.envelope import Label
from tests.web.telling import fields_of

DOORS = {Kind.PHOTO: "/kabar/foto", Kind.AUDIO: "/kabar/suara"}


def the_files() -> list[Attachment]:
    db.session.rollback()
    return list(db.session.scalars(select(Attachment).order_by(Attachment.position)))


def the_form(kind: Kind, client) -> dict[str, str]:
    return fields_of(client.page("/kabar"), f'form[action="{DOORS[kind]}"]')


def attaches(kind: Kind, client, content: bytes | None, name: str = "berkas", **more):
    """Choose, send, follow: the page she sees then."""
    answer = client.post(DOORS[kind], **a_form(kind, the_form(kind, client) | more, content, name))
    assert (answer.status_code, answer.location) == (303, "/kabar")
    return client.page("/kabar")


def a_form(
    kind: Kind, fields: dict[str, str], content: bytes | None, name: str = "berkas"
) -> dict[str, object]:
    """As a browser writes it; the test client would put a large file on the disk itself."""
    parts = [f'name="{each}"\r\n\r\n{value}'.encode() for each, value in fields.items()]
    if content is not None:
        head = f'name="{kind}"; filename="{PurePath(name).name}"\r\nContent-Type: image/jpeg\r\n\r\n'
        parts.append(head.encode() + content)
    lines = b"".join(b"--pembatas\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    return {"data": lines + b"--pembatas--\r\n", "content_type": "multipart/form-data; boundary=pembatas"}


def a_letter(said: Kind, app, number: str, content: bytes, **parts) -> tuple[UUID, bytes]:
    """As the script on the phone seals it; its id and its bytes."""
    sealer = app.config["SEALER"]
    label = Label(
        **{
            "id": uuid4(), "kind": said, "lookup": sealer.stretch(number).lookup, "kecamatan": None, "language": "id",
            "danger": False, "written_at": clock.now().replace(microsecond=0),
        } | parts
    )  # fmt: skip
    lines = label.canonical()
    sealed = envelope.seal_file(label, content, sealer.key.id, sealer.key.key)
    return label.id, len(lines).to_bytes(2, "big") + lines + sealed
