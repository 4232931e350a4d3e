"""A visit to the form on a slow link and a slow phone: the first, beside a bare static form from the same kind of server,
and on a phone of one's own again, and without any signal.

DevTools delays each request by one round trip; the three before it (name, connection, TLS) are added here.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, BrowserContext, CDPSession, sync_playwright

from bench.house import HOST, House, bare, running
from bench.table import Line

VISITS = 5
CPU_SLOWER = 6
HANDSHAKES = 3
PHONE = {"viewport": {"width": 360, "height": 640}, "is_mobile": True, "has_touch": True, "locale": "id-ID"}

# When the first field has been painted, and how long scripts kept her finger waiting.
_WATCH = """
window.__seen = { visible: 0, blocked: 0 }
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.__seen.blocked += Math.max(0, task.duration - 50)
}).observe({ type: "longtask", buffered: true })
const look = () => {
  const field = document.querySelector("form input[type=radio], form textarea")
  if (!field?.getBoundingClientRect().height) return requestAnimationFrame(look)
  requestAnimationFrame(() => setTimeout(() => { window.__seen.visible = performance.now() }))
}
requestAnimationFrame(look)
"""
_SEEN = "new Promise((seen) => { const look = () => window.__seen.visible ? seen() : setTimeout(look, 20); look() })"
_READ = """({
  visible: window.__seen.visible, blocked: window.__seen.blocked, nodes: document.querySelectorAll("*").length,
  ready: performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd,
})"""


KEPT = """async () => {
  let size = 0
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    for (const asked of await cache.keys()) size += (await (await cache.match(asked)).arrayBuffer()).byteLength
  }
  return size
}"""


@dataclass(frozen=True)
class Link:
    name: str
    kilobits: int
    round_trip: int  # ms
    visible_goal: float
    interactive_must: float
    interactive_goal: float


LINKS = (Link("Slow 3G", 400, 400, 2.4, 3.2, 2.9), Link("2G", 280, 800, 4.1, 5.4, 5.1))
WITHOUT_SIGNAL = Link("without signal", 0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Visit:
    visible: float
    interactive: float
    blocked: float
    nodes: int
    heap: float
    bytes: int
    requests: int


def lines() -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="sapa-bench-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        with running(House(Path(folder)).serve()) as server, running(bare()) as plain:
            ours, theirs = f"http://{HOST}:{server.port}/cerita", f"http://{HOST}:{plain.port}/form"
            for link in LINKS:
                yield from _on(link, browser, ours, theirs)
            yield from _own(browser, f"http://{HOST}:{server.port}")
        browser.close()


def _on(link: Link, browser: Browser, ours: str, theirs: str) -> Iterator[Line]:
    pairs = [(_visit(browser, ours, link), _visit(browser, theirs, link)) for _ in range(VISITS)]
    visits = [ours for ours, _ in pairs]
    times = median(ours.visible / theirs.visible for ours, theirs in pairs)
    bare_form = median(theirs.visible for _, theirs in pairs)
    # A form without any script blocks too, slowed down like this: that much is the browser's own.
    blocked_by_browser = median(theirs.blocked for _, theirs in pairs)
    yield Line(
        f"{link.name}: form visible, times the bare form's {bare_form:.2f} s", times, "×", must=1.15, goal=1.1
    )
    visible = median(visit.visible for visit in visits)
    yield Line(f"{link.name}: form visible", visible, "s", must=1.15 * bare_form, goal=link.visible_goal)
    yield Line(
        f"{link.name}: form interactive", median(visit.interactive for visit in visits), "s",
        must=link.interactive_must, goal=link.interactive_goal,
    )  # fmt: skip
    yield Line(
        f"{link.name}: total blocking time", median(visit.blocked for visit in visits), "ms",
        must=100 + blocked_by_browser, goal=60 + blocked_by_browser,
    )  # fmt: skip
    if link is LINKS[0]:
        yield from _weight(visits[0])


def _weight(visit: Visit) -> Iterator[Line]:
    yield Line("first visit, everything", visit.bytes / 1000, "kB", must=30, goal=24)
    yield Line("first visit, requests", visit.requests, must=6, goal=4)
    yield Line("elements of the page", visit.nodes, must=300, goal=220)
    yield Line("JavaScript heap", visit.heap, "MB", must=1.5, goal=1.2)


def _own(browser: Browser, home: str) -> Iterator[Line]:
    """On a phone that somebody called her own: everything is kept there, the worker answers."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.goto(home)
    page.locator("#hp-sendiri").click()
    page.locator("#hapus-jejak").wait_for()
    kept = page.evaluate(KEPT)
    page.close()
    form = f"{home}/cerita"
    for link in LINKS:
        visits = [_visited(context, form, link) for _ in range(VISITS)]
        yield Line(f"{link.name}: form visible again", _visible(visits), "s", must=0.8)
    asked = median(visit.bytes for visit in visits) / 1000
    yield Line("visit again, from the network before content", asked, "kB", must=0)
    yield Line(
        "visit again, JavaScript heap", median(visit.heap for visit in visits), "MB", must=1.5, goal=1.2
    )
    context.set_offline(True)
    visits = [_visited(context, form, WITHOUT_SIGNAL) for _ in range(VISITS)]
    yield Line("without signal: form visible", _visible(visits), "s", must=0.8)
    yield Line("everything such a phone keeps", kept / 1000, "kB", must=300)
    context.close()


def _visible(visits: Sequence[Visit]) -> float:
    return median(visit.visible for visit in visits)


def _visit(browser: Browser, url: str, link: Link) -> Visit:
    """In a new profile, with nothing kept; the handshakes are added."""
    context = browser.new_context(**PHONE)
    visit = _visited(context, url, link)
    context.close()
    before = link.round_trip * HANDSHAKES / 1000
    return replace(visit, visible=visit.visible + before, interactive=visit.interactive + before)


def _visited(context: BrowserContext, url: str, link: Link) -> Visit:
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    sizes: list[int] = []
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", {
        "offline": link is WITHOUT_SIGNAL, "latency": link.round_trip,
        "downloadThroughput": link.kilobits * 125, "uploadThroughput": link.kilobits * 125,
    })  # fmt: skip
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWER})
    page.add_init_script(_WATCH)
    page.goto(url, wait_until="load")
    _asked(devtools, _SEEN)
    page.wait_for_timeout(500)
    seen = _asked(devtools, _READ)
    devtools.send("HeapProfiler.collectGarbage")
    heap = devtools.send("Runtime.getHeapUsage")["usedSize"] / 1_000_000
    page.close()
    return Visit(
        visible=seen["visible"] / 1000, interactive=max(seen["visible"], seen["ready"]) / 1000,
        blocked=seen["blocked"], nodes=seen["nodes"], heap=heap, bytes=sum(sizes), requests=len(sizes),
    )  # fmt: skip


def _asked(devtools: CDPSession, expression: str):
    """Straight through DevTools: Playwright's own way leaves half a megabyte of its own in the page's heap."""
    asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
    return devtools.send("Runtime.evaluate", asked)["result"].get("value")
