// A counsellor's signs: noted on the phone the moment she presses, with that time, and handed in when there is signal.
//
// The phone keeps a random token, times and "Kegiatan 1": nothing that says who, where or why.
{
  const KEPT = "kegiatan"
  const place = document.getElementById("kegiatan")
  const patience = 15_000

  const read = () => {
    try {
      return { waiting: [], ...JSON.parse(localStorage.getItem(KEPT)) }
    } catch {
      return { waiting: [] }
    }
  }

  // False where a browser keeps nothing: then the form goes the ordinary way.
  const write = (kept) => {
    try {
      localStorage.setItem(KEPT, JSON.stringify(kept))
      return true
    } catch {
      return false
    }
  }

  const forget = (id) => {
    const kept = read()
    write({ ...kept, waiting: kept.waiting.filter((sign) => sign.id !== id) })
  }

  // A sign-in page of some other network answers 200 to everything; only our own receipt is one.
  const handIn = async (sign) => {
    const answer = await fetch("/kegiatan", {
      method: "POST", body: new URLSearchParams(sign), credentials: "omit", signal: AbortSignal.timeout?.(patience),
    })
    if (answer.status === 422) return true // nobody will ever take it; what comes after it must not wait behind it
    return answer.ok && (await answer.json().catch(() => ({}))).receipt === sign.id
  }

  const handInAll = async () => {
    let went = 0
    for (const sign of read().waiting) {
      if (!(await handIn(sign))) break
      forget(sign.id)
      went++
    }
    return went
  }

  const show = () => {
    const line = document.getElementById("menunggu")
    if (!line) return
    const times = read().waiting.map(({ at }) => new Date(Number(at)).toTimeString().slice(0, 5).replace(":", "."))
    line.textContent = times.length ? `${line.dataset.one} (${times.join(", ")})` : ""
  }

  // One tab at a time, so that no sign is sent twice for nothing.
  const together = (work) => (navigator.locks ? navigator.locks.request(KEPT, work) : work())

  const flush = async () => {
    const went = await together(handInAll).catch(() => 0)
    show()
    if (went && place && !read().waiting.length) location.reload()
  }

  const noteSign = (event) => {
    const form = event.target.closest("form[data-sign]")
    const kind = event.submitter?.value
    if (!form || !kind) return
    const kept = read()
    const sign = {
      token: place.dataset.token, id: crypto.randomUUID?.() ?? form.elements.id.value, kind, at: String(Date.now()),
    }
    if (kind === "extend") Object.assign(sign, { minutes: form.elements.minutes.value, word: form.elements.word.value })
    if (!write({ ...kept, waiting: [...kept.waiting, sign] })) return
    event.preventDefault()
    form.elements.id.value = crypto.randomUUID?.() ?? form.elements.id.value
    if (form.elements.word) form.elements.word.value = ""
    flush()
  }

  if (place) {
    const { token, label, start, end, over } = place.dataset
    write(over === undefined ? { ...read(), token, label, start, end } : { waiting: read().waiting })
    document.addEventListener("submit", noteSign)
  }
  if (read().waiting.length) flush()
  addEventListener("online", flush)
  setInterval(() => { if (read().waiting.length) flush() }, 30_000)
}
