"""What the house writes about itself may be read by anybody."""

import logging
import subprocess
import sys

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from pwa import db, logs
from tests.conftest import settings_for


@pytest.fixture
def small_app(data_dir):
    app = Flask("small")
    app.config["SETTINGS"] = settings_for(data_dir, "sqlite://")
    app.add_url_rule("/undangan/<token>", "invitation", lambda token: "ok", methods=["GET", "POST"])
    logs.register(app)
    return app


def test_a_request_leaves_its_rule_and_nothing_of_its_address(small_app, caplog):
    caplog.set_level(logging.INFO, "pwa.access")
    client = small_app.test_client()
    client.get("/undangan/CANARY?n=CANARY", headers={"User-Agent": "CANARY", "X-Forwarded-For": "10.9.8.7"})
    client.open("/undangan/x", method="CANARY")
    client.get("/CANARY")
    lines = [record.getMessage() for record in caplog.records]
    assert lines[0].startswith("GET /undangan/<token> 200 ")
    assert lines[0].endswith(" ms all")
    assert lines[1].startswith("other - 405")
    assert lines[2].startswith("GET - 404")
    assert "CANARY" not in caplog.text
    assert "10.9.8.7" not in caplog.text
    assert "127.0.0.1" not in caplog.text


def formatted(error: BaseException) -> str:
    record = logging.LogRecord(
        "pwa", logging.ERROR, "", 0, "unhandled", (), (type(error), error, error.__traceback__)
    )
    return logs.Discreet().format(record)


def test_a_failure_says_where_but_not_about_whom():
    try:
        try:
            raise KeyError("CANARY")
        except KeyError as error:
            raise ValueError("Ibu CANARY") from error
    except ValueError as error:
        said = formatted(error)
    assert "ValueError at test_logs.py" in said
    assert "KeyError at test_logs.py" in said
    assert "CANARY" not in said


def test_a_database_that_repeats_what_was_typed_is_not_repeated(database):
    with pytest.raises(SQLAlchemyError) as failed:
        db.session.execute(text("SELECT CAST(:typed AS nonsense('CANARY'))"), {"typed": "CANARY"})
    db.session.rollback()
    assert "CANARY" not in formatted(failed.value)


def test_the_web_server_does_not_name_addresses():
    record = logging.LogRecord(
        "waitress", logging.ERROR, "", 0, "Exception while serving %s", ("/undangan/CANARY",), None
    )
    assert logs._WithoutPaths().filter(record)
    assert "CANARY" not in logs.Discreet().format(record)


def test_other_libraries_are_quiet_unless_something_is_wrong():
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        logs.start()
        assert not logging.getLogger("sqlalchemy.engine").isEnabledFor(logging.INFO)
        assert logging.getLogger("pwa.access").isEnabledFor(logging.INFO)
    finally:
        root.handlers[:], root.level = before


def test_what_was_said_last_is_written_before_the_process_ends():
    said = (
        "from pwa import logs; import logging; logs.start(); logging.getLogger('pwa').error('the last word')"
    )
    ended = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert ended.stderr == "ERROR pwa: the last word\n"
