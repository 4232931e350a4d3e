"""Imports every module that maps a table, so that whoever imports this one sees the whole schema."""

from contextlib import suppress
from importlib import import_module

from pwa import places

for _path in sorted(places.PACKAGE.glob("*.py")):
    if "(db.Model)" in _path.read_text(encoding="utf-8"):
        with suppress(ModuleNotFoundError):  # others are still writing theirs
            import_module(f"pwa.{_path.stem}")
