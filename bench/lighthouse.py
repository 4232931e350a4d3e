"""Lighthouse as a phone, on every page of residents in every language.

The pages where everybody begins are looked at three times and the median counts, the others once. npm fetches the pinned
Lighthouse the first time; about 20 seconds a run.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.house import HOST, House, running
from bench.table import Line
from pwa.settings import Settings

TRIES = 3
RUNS = {"/": 3, "/cerita": 3, "/kabar": 3}
MUST = {"performance": 95, "accessibility": 100, "best-practices": 100}
_COMMAND = ["npx", "--yes", "lighthouse@12.8.2", "--quiet", "--output=json", "--output-path=stdout",
    "--chrome-flags=--headless=new --no-sandbox", f"--only-categories={','.join(MUST)}"]  # fmt: skip


def lines() -> Iterator[Line]:
    from pwa import i18n

    with tempfile.TemporaryDirectory(prefix="sapa-bench-") as folder:
        house = House(Path(folder))
        with running(house.serve()) as server:
            for language in i18n.LANGUAGES:
                scores = {
                    path: _scores(f"http://{HOST}:{server.port}{path}", language.tag, RUNS.get(path, 1))
                    for path in pages(house.settings)
                }
                yield from _lowest(scores, language.tag)


def pages(settings: Settings) -> list[str]:
    """Every address that shows a resident something by itself."""
    from pwa.app import create_app
    from pwa.rooms import names_of_residents

    rooms = {"language", *names_of_residents()}
    rules = [
        rule for rule in create_app(settings).url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in rooms and "GET" in rule.methods and not rule.arguments
    ]  # fmt: skip
    return sorted(rule.rule for rule in rules if rule.rule != "/keluar")


def _lowest(scores: dict[str, dict[str, float]], tag: str) -> Iterator[Line]:
    for category, must in MUST.items():
        path = min(scores, key=lambda path: scores[path][category])
        label = f"Lighthouse {category}, {tag}, lowest of {len(scores)} pages ({path})"
        yield Line(label, scores[path][category], must=must, goal=100, at_least=True)


def _scores(url: str, tag: str, times: int) -> dict[str, float]:
    runs = [_run(url, tag) for _ in range(times)]
    return {category: median(run[category] for run in runs) for category in MUST}


def _run(url: str, tag: str) -> dict[str, float]:
    """Now and then Lighthouse loses the beginning of its own trace and asks to be run again."""
    for _ in range(TRIES):
        answer = subprocess.run(
            [*_COMMAND, "--extra-headers", json.dumps({"Accept-Language": tag}), url], check=False,
            stdout=subprocess.PIPE, env={"CHROME_PATH": "/usr/bin/chromium", **os.environ}, timeout=180,
        )  # fmt: skip
        if answer.returncode == 0:
            break
    answer.check_returncode()
    categories = json.loads(answer.stdout)["categories"]
    return {name: round((categories[name]["score"] or 0) * 100) for name in MUST}
