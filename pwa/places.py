"""Where the files that stand at the top level live: in a checkout, or in the wheel's share folder."""

import sys
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parent.parent
_INSTALLED = Path(sys.prefix) / "share" / "saling-sapa"

ROOT = _CHECKOUT if (_CHECKOUT / "manifest.json").exists() else _INSTALLED
LOCALES = ROOT / "locales"
PACKAGE = Path(__file__).resolve().parent
