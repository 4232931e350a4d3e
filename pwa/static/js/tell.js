// Telling: sealed here, sent as the same bytes until the server shows our own receipt, and the text stays until then.
{
  const FIRST_PAUSE = 2_000
  const LONGEST_PAUSE = 60_000
  const TOO_LONG = 20_000

  class Refused extends Error {
    constructor(state = "refused") {
      super(state)
      this.state = state
    }
  }

  // By this phone's own clock, however wrong it is: how long ago this was written.
  const waited = ({ at }) => String(Math.max(0, Math.round((Date.now() - at) / 1000)))

  // A captive portal answers 200 to everything; only our own id in the answer is a receipt.
  const post = async (letter) => {
    const stop = new AbortController()
    const timer = setTimeout(() => { stop.abort() }, TOO_LONG)
    try {
      const answer = await fetch("/kirim", { method: "POST", body: letter.bytes, signal: stop.signal, headers: { "Content-Type": "application/octet-stream", "X-Waited": waited(letter) } })
      if (answer.status === 413 || answer.status === 422) throw new Refused()
      if (!answer.ok) return false
      const said = await answer.json()
      letter.covered = said.covered
      return said.receipt === letter.id
    } finally {
      clearTimeout(timer)
    }
  }

  const pause = (span, button) => new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer)
      removeEventListener("online", go)
      button.removeEventListener("click", go)
      resolve()
    }
    const timer = setTimeout(go, span)
    addEventListener("online", go)
    button.addEventListener("click", go)
  })

  const say = (form, state) => {
    for (const each of form.querySelectorAll("[data-state]")) each.hidden = each.dataset.state !== state
  }

  const deliver = async (form, letter) => {
    for (let span = FIRST_PAUSE; ; span = Math.min(span * 2, LONGEST_PAUSE)) {
      say(form, "sending")
      const received = await (letter.post ?? post)(letter).catch((error) => {
        if (error instanceof Refused) throw error
        return false
      })
      if (received) return
      say(form, "waiting")
      await pause(span, form.querySelector("[data-again]"))
    }
  }

  // A phone of one's own keeps it first, and sends it whenever it can; true once it is safely kept.
  const isKept = async (form, letter) => {
    const own = letter.post ? null : await sapa.own
    if (!own) return false
    return own.keep(letter).then(() => true, () => {
      form.querySelector("[data-not-kept]").hidden = false
      return false
    })
  }

  // Nothing can be changed in a text that is already on its way; `done` runs when it is received, or safely kept.
  const send = async (form, seal, done) => {
    const fields = [...form.querySelectorAll("fieldset, input, textarea, select"), ...document.querySelectorAll("[name=language]")]
    const lock = (locked) => { for (const field of fields) field.toggleAttribute("inert", locked) }
    const button = form.querySelector("#kirim, [data-send]")
    button.disabled = true
    lock(true)
    say(form, "sealing")
    try {
      const sealed = await seal()
      const kept = await isKept(form, sealed.letter)
      if (!kept) await deliver(form, sealed.letter)
      done(sealed, kept)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      say(form, error.state)
    } finally {
      button.disabled = false
      lock(false)
    }
  }

  const tell = (form) => {
    const told = sapa.told(form)
    if (!Object.keys(told).length) return say(form, "empty")
    if (!sapa.check(form)) return say(form, "wrong")
    const site = sapa.siteOf()
    const open = form.elements.behind_open?.checked && sapa.keys
    const number = sapa.newNumber()
    return send(form, async () => {
      const { lookup, replyKey } = open || await sapa.stretch(number, site)
      const inside = { ...told, variant: form.dataset.variant, reply_key: sapa.hex(replyKey) }
      return { letter: await sapa.letter(site, form.dataset.letter, lookup, inside) }
    }, (sealed, kept) => {
      if (!open) showReceipt(number, told.danger === "yes", kept && sealed.letter.id, sealed.letter.covered)
      else if (kept) say(form, "kept")
      else sapa.reopen()
    })
  }

  // Only who has just heard from the server may say that somebody is being called.
  const sayWhoIsThere = (page, covered) => {
    for (const each of page.querySelectorAll("[data-duty]")) each.hidden = (each.dataset.duty === "somebody") !== Boolean(covered)
  }

  const showReceipt = (number, danger, keptId, covered) => {
    const page = document.getElementById("terkirim").content.cloneNode(true)
    if (keptId) mark(page, keptId)
    sayWhoIsThere(page, covered)
    sapa.fillNumber(page, number)
    for (const field of page.querySelectorAll("input[name=number]")) field.value = number
    if (!danger) page.querySelector(".now").remove()
    const main = document.querySelector("main")
    main.replaceChildren(page)
    document.querySelector(".languages")?.remove() // they belonged to the form that is gone
    main.querySelector("h1").tabIndex = -1
    main.querySelector("h1").focus()
    sapa.forgetKept()
    scrollTo(0, 0)
  }

  // "Kept on this phone" and "received" are different words; which one is true now is said by waiting.js.
  const mark = (page, id) => {
    const receipt = page.querySelector("[data-receipt]")
    receipt.dataset.letterId = id
    for (const each of receipt.querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== "kept"
  }

  sapa.fillNumber = (part, number) => {
    part.querySelector("#nomor").textContent = sapa.grouped(number)
    part.querySelector(".order").textContent = sapa.asOrderNumber(number)
  }

  // The number has been seen; what the server may keep of it, it forgets by itself.
  const another = (form) => {
    document.querySelector("[data-keep]")?.removeAttribute("data-keep")
    return sapa.turnTo(form.getAttribute("action").replace("/lain", ""))
  }

  Object.assign(sapa, { send, say, Refused })
  sapa.tell = { report: tell, visit: tell, another }
}
