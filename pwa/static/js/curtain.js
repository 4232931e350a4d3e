// A curtain falls whenever nobody can be sure who is looking, and a page left alone leaves by itself.
{
  const WARN_AFTER = 8 * 60_000
  const LEAVE_AFTER = 10 * 60_000
  const LOOK_EVERY = 5_000
  const PICKERS = "select, [type=date], [type=file], [aria-busy]"
  let touchedAt = Date.now()

  const root = document.documentElement
  const draw = () => {
    if (!sapa.isPrivate()) return
    root.classList.add("covered")
    document.dispatchEvent(new CustomEvent("sapa:covered"))
  }
  const lift = () => { root.classList.remove("covered") }

  document.addEventListener("visibilitychange", () => { if (document.hidden) draw(); else look() })
  document.addEventListener("freeze", draw)
  addEventListener("pagehide", draw)
  addEventListener("blur", () => { if (!document.activeElement?.matches(PICKERS)) draw() }) // a phone's own list, calendar or question takes the focus too
  document.addEventListener("click", (event) => { if (event.target.closest?.("#tirai")) lift() })

  const notice = () => document.getElementById("diam")

  const touched = () => {
    touchedAt = Date.now()
    const shown = notice()
    if (shown) shown.hidden = true
  }

  // Timers sleep with the phone; the clock does not.
  const look = () => {
    if (!sapa.isPrivate()) return
    const idle = Date.now() - touchedAt
    if (idle >= LEAVE_AFTER) sapa.leave()
    else if (idle >= WARN_AFTER && notice()) notice().hidden = false
  }

  // Not "scroll": the notice itself moves the page, and would then count as somebody's hand for ever.
  for (const kind of ["pointerdown", "keydown", "input", "wheel"]) addEventListener(kind, touched, { passive: true, capture: true })
  setInterval(look, LOOK_EVERY)
}
