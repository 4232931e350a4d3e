// An enrolled device locks itself: what stood on the screen leaves the page and waits in memory until the PIN is right.
// Clocks are compared, not counted: a hidden page's timers sleep.
{
  const IDLE = 15 * 60 * 1000
  const HIDDEN = 5 * 60 * 1000
  const KEEP_ALIVE = 5 * 60 * 1000
  const screen = document.getElementById("layar-kunci")
  let touched = Date.now()
  let told = Date.now()
  let hiddenAt = null
  let kept = null

  const send = (path, fields) => fetch(path, { method: "POST", body: new URLSearchParams(fields), keepalive: true })

  const tell = () => send("/kunci/pasang", { csrf_token: screen.dataset.token })

  const show = (nodes) => {
    document.body.replaceChildren(...nodes)
    document.body.querySelector("[name=pin]")?.focus()
    document.dispatchEvent(new CustomEvent("sapa:locked"))
  }

  // The server's own page knows how many tries are left and asks a fresh question; without a link the empty one must do.
  const showLatest = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    if (new URL(answer.url).pathname === "/kunci") show([...page.body.children].map((node) => document.importNode(node, true)))
    else location.replace(answer.url)
  }

  const lock = async () => {
    if (kept) return
    kept = { nodes: [...document.body.childNodes], title: document.title }
    document.title = screen.dataset.title
    show([screen.content.cloneNode(true)])
    try {
      const answer = await tell()
      if (!document.querySelector("[name=pin]").value) await showLatest(answer) // never under somebody's fingers
    } catch {
      addEventListener("online", () => { tell().catch(() => {}) }, { once: true })
    }
  }

  const open = () => {
    document.body.replaceChildren(...kept.nodes)
    document.title = kept.title
    kept = null
    touched = told = Date.now()
  }

  const unlock = async (form) => {
    try {
      const answer = await send(form.action, { ...Object.fromEntries(new FormData(form)), ke: "/akun" })
      if (new URL(answer.url).pathname === "/akun") open()
      else await showLatest(answer)
    } catch {
      document.getElementById("tanpa-sinyal")?.removeAttribute("hidden")
    }
  }

  const check = () => {
    const now = Date.now()
    if (now - touched >= IDLE || (hiddenAt !== null && now - hiddenAt >= HIDDEN)) lock()
    else if (!kept && touched > told && now - told >= KEEP_ALIVE) {
      told = now
      fetch("/akun", { method: "HEAD" }).catch(() => {}) // who writes for long is here, though nothing is sent
    }
  }

  if (screen) {
    for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, () => { touched = Date.now() }, { passive: true, capture: true })
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) { hiddenAt = Date.now() }
      else { check(); hiddenAt = null }
    })
    document.addEventListener("submit", (event) => {
      if (!kept || event.defaultPrevented || !event.target.matches("[data-unlock], [data-passkey]")) return
      event.preventDefault()
      unlock(event.target)
    })
    setInterval(check, 5000)
  }

  // A device that was called lost empties itself.
  const wipe = async (form) => {
    const gone = [
      navigator.serviceWorker?.getRegistrations().then((all) => Promise.all(all.map((each) => each.unregister()))),
      window.caches?.keys().then((names) => Promise.all(names.map((name) => caches.delete(name)))),
      indexedDB.databases?.().then((all) => all.forEach(({ name }) => indexedDB.deleteDatabase(name))),
    ]
    await Promise.allSettled(gone)
    localStorage.clear()
    sessionStorage.clear()
    await fetch(form.action, { method: "POST" }).catch(() => {})
    location.replace("/masuk")
  }
  const lost = document.querySelector("[data-wipe]")
  if (lost) wipe(lost)
}
