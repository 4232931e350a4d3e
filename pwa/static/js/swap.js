// Links between our pages change the page in place: one row in the history, and a half-written form stays in memory.
{
  const kept = new Map()
  let here = location.pathname

  const isOurs = (link) =>
    link && link.origin === location.origin && !link.target && !link.hasAttribute("download") && !link.hash && link.id !== "keluar"

  const PARTS = ["main", ".foot"]
  const shown = () => PARTS.map((part) => document.querySelector(part))

  const read = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const parts = PARTS.map((part) => page.querySelector(part))
    if (!parts.every(Boolean)) throw new TypeError("not a page of ours")
    return { lang: page.documentElement.lang, exit: page.getElementById("keluar").text, parts: parts.map((part) => document.importNode(part, true)) }
  }

  const put = ({ lang, exit, parts }, path) => {
    shown().forEach((part, place) => { part.replaceWith(parts[place]) })
    here = path
    document.documentElement.lang = lang
    document.getElementById("keluar").text = exit
    notice(false)
    document.dispatchEvent(new CustomEvent("sapa:shown"))
    const heading = parts[0].querySelector("h1")
    heading.tabIndex = -1
    heading.focus({ preventScroll: true })
    scrollTo(0, 0)
  }

  // A number that has not been written down yet is as dear as a half-written form.
  const isDear = () => Boolean(document.querySelector("form[data-typed], [data-keep]"))

  // The exit takes the cookie that remembers a language; the page itself still knows it.
  const spoken = () => ({ "Accept-Language": document.documentElement.lang })

  const go = async (path) => {
    const now = { lang: document.documentElement.lang, exit: document.getElementById("keluar").text, parts: shown() }
    if (isDear()) kept.set(here, now)
    const next = kept.get(path) ?? (await read(await fetch(path, { signal: sapa.gone, headers: spoken() })))
    kept.delete(path)
    put(next, path)
  }

  const dataOf = (form) => {
    const { at, typed } = form?.dataset ?? {}
    return { ...(at && { at }), ...(typed !== undefined && { typed }) }
  }

  const post = async (url, body) => {
    const sent = body instanceof FormData && (body.has("photo") || body.has("audio")) ? body : new URLSearchParams(body)
    const answer = await fetch(url, { method: "POST", body: sent, signal: sapa.gone, headers: spoken() })
    if (!answer.ok) throw Object.assign(new TypeError("not taken"), { status: answer.status })
    return answer
  }

  // Sends a form's fields and shows the page that comes back: no row in the history, no body of a POST on the disk.
  sapa.post = async (url, body) => {
    const answer = await post(url, body)
    put(await read(answer), new URL(answer.url).pathname)
  }

  // Only the choice is sent; what was typed never leaves the phone before "send".
  const speak = async (language) => {
    const kept = await (await sapa.own)?.speak(language, here)
    const asked = post("/bahasa", { language, back: here })
    if (kept) asked.catch(() => {}) // the phone speaks it already; the server hears of it when it can
    const next = await read(kept ?? (await asked))
    sapa.carry(document.querySelector("main"), next.parts[0])
    Object.assign(next.parts[0].querySelector("form")?.dataset ?? {}, dataOf(document.querySelector("main form")))
    put(next, here)
  }

  const submit = async (form, submitter) => {
    if (submitter?.name === "language") return speak(submitter.value)
    if (form.dataset.letter && sapa.canSeal) return sapa.tell[form.dataset.letter](form)
    return sapa.post(form.getAttribute("action"), new FormData(form, submitter))
  }

  sapa.turnTo = go
  sapa.isDear = isDear
  sapa.forgetKept = () => { kept.clear() }
  sapa.keepsTyped = () => kept.size > 0

  const notice = (shown) => {
    const cut = document.getElementById("putus")
    if (cut) cut.hidden = !shown
  }

  // Another try as a whole page, unless that would lose what is typed.
  const goAnyway = (href) => {
    if (isDear() || sapa.keepsTyped()) notice(true)
    else if (!sapa.left) location.replace(href)
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]")
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || !isOurs(link)) return
    event.preventDefault()
    go(link.pathname).catch(() => { goAnyway(link.href) })
  })
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return
    event.preventDefault()
    notice(false)
    submit(event.target, event.submitter).catch(() => { notice(true) })
  })
  document.addEventListener("input", (event) => { event.target.form?.setAttribute("data-typed", "") })
}
