"use strict"
// Gone in a blink: one touch, and nothing on the screen, behind Back or in another tab tells.

const sapa = {}

{
  const TITLE = "Saling Sapa"
  const TAPS = 3
  const TAP_WITHIN = 700
  const ESC_WITHIN = 5000 // somebody with shaking hands or sticky keys needs time
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("k") : null
  const city = document.currentScript.dataset.city ?? "/kota" // the office may live on another host
  const gone = new AbortController()
  let presses = []
  let taps = []

  sapa.gone = gone.signal

  // The order matters: first what works without a network, last what may take time.
  sapa.leave = ({ quietly = false } = {}) => {
    const isTrial = isRehearsal()
    if (!isTrial) document.cookie = "k=1; max-age=600; path=/; samesite=lax" // a changed cookie drops the pages behind Back
    vanish()
    if (!quietly && !isTrial) {
      tabs?.postMessage("leave")
      navigator.sendBeacon("/keluar")
    }
    location.replace(city)
  }

  // What is still being asked is called off: a late answer must bring back neither a page nor a cookie.
  const vanish = () => {
    sapa.left = true
    document.title = TITLE
    document.body.replaceChildren()
    gone.abort()
    try { sessionStorage.clear() } catch { /* a browser without storage has nothing to forget */ }
  }

  // A half-written form waits in memory behind the other pages, and they must guard it.
  sapa.isPrivate = () => Boolean(document.querySelector("[data-private]")) || sapa.keepsTyped()

  const isRehearsal = () => Boolean(document.querySelector("[data-rehearsal]")) && !sapa.isPrivate()

  const within = (times, span, wanted) => times.filter((time) => Date.now() - time < span).length >= wanted

  const onKey = (event) => {
    if (event.key !== "Escape" || event.repeat) { presses = []; return }
    presses.push(Date.now())
    if (within(presses, ESC_WITHIN, TAPS)) sapa.leave()
  }

  const onTap = (event) => {
    if (!event.target.closest?.(".top")) { taps = []; return }
    taps.push(Date.now())
    if (within(taps, TAP_WITHIN, TAPS)) sapa.leave()
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#keluar")) return
    event.preventDefault()
    sapa.leave()
  })
  document.addEventListener("keydown", onKey, true)
  document.addEventListener("pointerup", onTap, true)
  if (tabs) tabs.onmessage = () => sapa.leave({ quietly: true })

  // The second layer: a page that is left is left empty, and one that Back brings out of memory goes on to the city.
  addEventListener("pagehide", () => { if (sapa.isPrivate()) vanish() })
  addEventListener("pageshow", (event) => { if (event.persisted && sapa.left) location.replace(city) })
}
