"""What everything is compared with: Flask saying hello, and a static form, behind the same waitress with the same options.

`python -m bench.bare PORT`
"""

import sys
from pathlib import Path

from flask import Flask
from waitress import serve

from pwa.serving import options
from pwa.settings import Settings

FORM = """\
<!doctype html><html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Form</title><form method="post"><p><label>Text <textarea name="text" rows="6"></textarea></label></p>
<p><label>Phone <input name="phone"></label></p><p><button>Send</button></p></form></html>
"""

app = Flask("bare", static_folder=None)


@app.get("/")
def hello() -> str:
    return "hello"


@app.get("/form")
def form() -> str:
    return FORM


@app.get("/favicon.ico")
def favicon() -> tuple[str, int]:
    return "", 204


def main(port: int) -> None:
    nowhere = Path()
    settings = Settings(
        data_dir=nowhere, database_url="sqlite:///", key_dir=nowhere, office_key_dir=nowhere, port=port
    )
    serve(app, **options(settings), _quiet=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
