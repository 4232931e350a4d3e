// A counsellor's signs on her way: sealed on the phone the moment she presses, and handed in when there is signal.
//
// Besides them the phone keeps a random token, the time, "Kegiatan 1" and how far she is: nothing that says who, where or why.
{
  const TO = "/kegiatan"
  const NOBODY = new Uint8Array(32) // a sign belongs to no number
  const parts = () => [...document.querySelectorAll("[data-trip]")]
  const isKept = document.getElementById("daftar-kegiatan") // the page that is made for nobody

  const known = async () => (await outbox.activities().catch(() => null)) ?? []

  const waitsHere = async () => (await outbox.waiting().catch(() => [])).filter(({ to }) => to === TO)

  const told = ({ dataset: { trip: token, label, when, state } }) => ({ token, label, when, state, given: [] })

  // What the server says counts, except where this phone knows something that has not arrived there yet.
  const learn = async (fresh) => {
    const [before, waits] = [await known(), (await waitsHere()).length]
    const ahead = (each) => (waits ? before.find(({ token, given }) => token === each.token && given.length) : null)
    const others = document.querySelector("[data-activities]") ? [] : before.filter(({ token }) => !fresh.some((each) => each.token === token))
    await outbox.plan([...others, ...fresh.map((each) => ahead(each) ?? each)])
  }

  const change = async (token, difference) => {
    const before = await known()
    await outbox.plan(before.map((each) => (each.token === token ? { ...each, ...difference(each) } : each))).catch(() => {})
  }

  const arrived = async () => {
    if ((await waitsHere()).length) return false
    const before = await known()
    if (!before.some(({ given }) => given.length)) return false
    await outbox.plan(before.map((each) => ({ ...each, given: [] })))
    return true
  }

  // All that waits goes in one letter, so that a long day never fills the slots. Two tabs at once may both carry a sign on:
  // what arrives twice is taken once.
  const keepSign = async (letter) => {
    const before = await waitsHere()
    const bytes = new Uint8Array([...before.flatMap((each) => [...each.bytes]), ...sized(letter.bytes)])
    await outbox.keep({ ...letter, to: TO, bytes })
    for (const { id } of before) await outbox.drop(id)
    sendSoon()
  }

  const sized = (bytes) => [0, 0, bytes.length >> 8, bytes.length & 255, ...bytes]

  // On a phone that can keep nothing it goes at once or not at all, and the page says which.
  const sendAtOnce = async (letter, part) => {
    const outcome = await outbox.send({ ...letter, to: TO, bytes: new Uint8Array(sized(letter.bytes)) }).catch(() => "later")
    say(part, outcome === "sent" ? "sent" : "lost")
    if (outcome === "sent" && !isKept) location.reload()
  }

  const now = () => new Date().toTimeString().slice(0, 5).replace(":", ".")

  const seal = (token, kind, { minutes, word }) => {
    const longer = kind === "extend" ? { minutes: minutes.value, word: word.value } : {}
    return sapa.letter(sapa.siteOf(), "sign", NOBODY, { token, kind, ...longer })
  }

  const give = async (form, { value: kind, dataset: { then } }) => {
    const part = form.closest("[data-trip]")
    const { trip: token, state } = part.dataset
    const at = now()
    form.inert = true // two presses are not two signs
    try {
      const letter = await seal(token, kind, form.elements)
      form.elements.word.value = ""
      const isSafe = await keepSign(letter).then(() => true, () => false)
      if (!isSafe) return await sendAtOnce(letter, part)
      await change(token, ({ given }) => ({ state: then || state, given: [...given, at] }))
      await show()
    } catch {
      say(part, "lost")
    } finally {
      form.inert = false
    }
  }

  const say = (part, what) => {
    for (const each of part.querySelectorAll("[data-note]")) each.hidden = each.dataset.note !== what
  }

  const draw = (part, { state, given }) => {
    part.dataset.state = state
    for (const each of part.querySelectorAll("[data-at]")) each.hidden = !each.dataset.at.split(" ").includes(state)
    for (const each of part.querySelectorAll("[data-times]")) each.textContent = given.length ? `(${given.join(", ")})` : ""
    say(part, given.length ? "kept" : part.dataset.went === undefined ? "" : "sent")
  }

  // A page that comes anew must not take away a word that is half typed.
  const isTyped = () => [...document.querySelectorAll("main input")].some(({ value, defaultValue }) => value !== defaultValue)

  const show = async () => {
    const went = await arrived()
    for (const part of parts()) {
      if (went) part.dataset.went = ""
      const activity = (await known()).find(({ token }) => token === part.dataset.trip)
      if (activity) draw(part, activity)
    }
    if (went && !isKept && !isTyped() && document.querySelector("form[data-sign]")) location.reload()
  }

  const fill = async () => {
    const template = isKept.querySelector("template")
    const activities = await known()
    const filled = activities.map((activity, place) => {
      const part = template.content.cloneNode(true).firstElementChild
      part.dataset.trip = activity.token
      part.querySelector("h2").textContent = activity.label
      part.querySelector("[data-time]").textContent = activity.when
      draw(part, activity)
      for (const each of part.querySelectorAll("[id]")) each.id += place
      for (const each of part.querySelectorAll("[for]")) each.htmlFor += place
      return part
    })
    isKept.querySelector("[data-none]").hidden = filled.length > 0
    isKept.append(...filled)
  }

  // The same page in the other language, out of what is kept.
  const speak = async (language) => {
    await outbox.speak(language)
    location.reload()
  }

  document.addEventListener("submit", (event) => {
    const { target, submitter } = event
    if (isKept && submitter?.name === "language") {
      event.preventDefault()
      speak(submitter.value).catch(() => { target.submit() })
    }
    if (!target.matches("form[data-sign]") || !sapa.canSeal) return
    event.preventDefault()
    give(target, submitter)
  })

  const begin = async () => {
    if (isKept) return fill()
    await outbox.begin(document.querySelector("[name=language][aria-current]")?.value)
    return learn(parts().map(told))
  }

  new BroadcastChannel("k-waiting").addEventListener("message", show)
  begin().then(show).then(tryNow).then(show).catch(() => {}) // a browser that keeps nothing shows the page all the same
}
