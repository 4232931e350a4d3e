"""What everything is compared with, behind the same waitress with the same options: Flask saying hello, a static form,
and a form whose one row is on the disk before it is answered.

`python -m bench.bare PORT`
"""

import sqlite3
import sys
import tempfile
from pathlib import Path
from threading import Lock

from flask import Flask, request
from waitress import serve

from pwa.serving import options
from pwa.settings import Settings

FORM = """\
<!doctype html><html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Form</title><form method="post"><p><label>Text <textarea name="text" rows="6"></textarea></label></p>
<p><label>Phone <input name="phone"></label></p><p><button>Send</button></p></form></html>
"""

app = Flask("bare", static_folder=None)
_turn = Lock()


@app.get("/")
def hello() -> str:
    return "hello"


@app.get("/form")
def form() -> str:
    return FORM


@app.post("/row")
def row() -> str:
    with _turn:
        app.config["ROWS"].execute("INSERT INTO raw VALUES (randomblob(16), ?)", [request.form["story"]])
    return "kept"


@app.get("/favicon.ico")
def favicon() -> tuple[str, int]:
    return "", 204


def durable(path: Path) -> sqlite3.Connection:
    """Every statement is on the disk when it returns."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE raw (id BLOB PRIMARY KEY, body BLOB)")
    return connection


def main(port: int) -> None:
    nowhere = Path()
    settings = Settings(
        data_dir=nowhere,
        database_url="sqlite:///",
        key_dir=nowhere,
        office_key_dir=nowhere,
        deliver_key_dir=nowhere,
        port=port,
    )
    with tempfile.TemporaryDirectory(prefix="sapa-bench-") as folder:
        app.config["ROWS"] = durable(Path(folder) / "raw.db")
        serve(app, **options(settings), _quiet=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
