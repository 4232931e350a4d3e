"""`make migration NAME=…`: writes the next migration, from what the scripts build to what the models say."""

import re
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from alembic import command

from pwa import db, revision, schema


def write_next(name: str) -> Path:
    """Autogenerate against the connected database, which must stand at the newest revision."""
    with db.engine().begin() as connection, redirect_stdout(sys.stderr):
        script = command.revision(
            schema.config(connection), name, autogenerate=True, rev_id=f"{int(revision.newest()) + 1:04}"
        )
    path = Path(script.path)
    path.write_text(re.sub(r"\n +# ### .*", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    return path


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        db.connect(f"sqlite:///{folder}/scratch.db")
        schema.upgrade()
        print(write_next(sys.argv[1]))
        db.engine().dispose()
