"""What the audit notes is shown in words: a new kind of note needs one."""

import ast
from pathlib import Path

from pwa import noted as in_words
from pwa import places

NOTED_BY = {"record": 0, "_noted": 0, "step": 1, "show": 3}


def noted() -> set[str]:
    """Every action word in the code, wherever it is handed to the audit."""
    found: set[str] = set()
    for path in Path(places.PACKAGE).rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in NOTED_BY and len(call.args) > NOTED_BY[name]:
                argument = call.args[NOTED_BY[name]]
                found |= {
                    each.value
                    for each in ast.walk(argument)
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
    return found


def test_every_action_has_its_word_and_every_word_its_action():
    assert {"opened", "contact-shown", "signed-in", "weighed"} <= noted()
    assert noted() == set(in_words.ACTIONS)
