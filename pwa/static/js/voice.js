// A story told aloud: heard into this page's memory and nowhere else, sealed, and sent in pieces a bad link can carry.
const LONGEST = 5 * 60_000
const LARGEST = 3 * 1024 * 1024
const ENOUGH = 3_000_000 // the last second must still fit
const WHOLE = 300_000
const PIECE = 30_000

let listening = null // the recorder at work, its form and what it heard; nothing else holds it

const part = (form, name) => form.querySelector(`[data-${name}]`)

const show = (form, state) => {
  for (const name of ["record", "recording", "made"]) part(form, name).hidden = name !== state
}

// The phone's own question takes the focus, as its lists do: the curtain must know what is being asked.
const microphone = async (button) => {
  button.setAttribute("aria-busy", "true")
  button.focus()
  try { return await navigator.mediaDevices.getUserMedia({ audio: true }) } catch { return null } finally { button.removeAttribute("aria-busy") }
}

const record = async (form) => {
  const button = part(form, "record")
  if (button.hasAttribute("aria-busy")) return
  const stream = await microphone(button)
  if (!stream) return sapa.say(form, "microphone")
  const recorder = new MediaRecorder(stream, { audioBitsPerSecond: 24_000 })
  const mine = { form, stream, recorder, heard: [] }
  const since = Date.now()
  let size = 0
  recorder.ondataavailable = ({ data }) => {
    mine.heard?.push(data)
    size += data.size
    const span = Date.now() - since
    part(form, "clock").textContent = new Date(span).toISOString().slice(15, 19)
    if (span > LONGEST || size > ENOUGH) stop()
  }
  recorder.onstop = () => { if (mine.heard) keep(form, new File(mine.heard, "suara", { type: recorder.mimeType })) }
  listening = mine
  if (sapa.left || document.hidden || !form.isConnected) return throwAway()
  sapa.say(form)
  show(form, "recording")
  part(form, "stop").focus()
  recorder.start(1000)
}

const stop = () => {
  const { recorder, stream } = listening
  listening = null
  if (recorder.state !== "inactive") recorder.stop()
  for (const track of stream.getTracks()) track.stop()
}

// Whoever hides, covers or leaves the page wants nobody to hear: nothing of it stays.
const throwAway = () => {
  for (const each of document.querySelectorAll("audio")) each.pause()
  if (!listening) return
  const { form } = listening
  listening.heard = null
  stop()
  show(form, "record")
  sapa.say(form, "silenced")
}

// What was recorded lies where a chosen file lies: it is sent, carried into the other language and reset like one.
const keep = (form, file) => {
  const list = new DataTransfer()
  list.items.add(file)
  form.elements.audio.files = list.files
  form.dataset.typed = ""
  offer(form)
}

const offer = (form) => {
  show(form, "made")
  const player = form.querySelector("audio")
  player.src = URL.createObjectURL(form.elements.audio.files[0])
  player.focus()
}

const forget = (form) => {
  const player = form.querySelector("audio")
  URL.revokeObjectURL(player.src)
  player.removeAttribute("src")
  show(form, "record")
}

// After a cut it goes on from where the server says. What gets no further is tried again later, by whoever sends all letters.
const carry = async (letter, way) => {
  const { id, bytes } = letter
  letter.key ??= sapa.hex(crypto.getRandomValues(new Uint8Array(32)))
  const ask = (method, at, piece) => sapa.upload(method, `/kirim/suara/${id}`, { "Upload-Key": letter.key, "Upload-Length": bytes.length, "Upload-Offset": at }, piece, { ...way, going: (sent) => { way.going(at + sent) } })
  for (let before = -1; ;) {
    const { status, at: reached } = letter.begun ? await ask("HEAD", 0) : { status: 404 }
    let at = Number(reached ?? 0)
    if ((status !== 404 && !reached) || at === before) return false
    before = at
    const step = letter.begun || bytes.length > WHOLE ? PIECE : WHOLE
    letter.begun = true
    for (let moved = true; moved;) {
      const said = await ask("PATCH", at, bytes.slice(at, at + step))
      if (said.receipt === id) return true
      moved = said.at > at
      if (moved) at = Number(said.at)
    }
  }
}

const send = (form) => {
  if (listening) return stop()
  const [file] = form.elements.audio.files
  if (!file) return sapa.say(form, "none")
  if (file.size > LARGEST) return sapa.say(form, "large")
  return sapa.attach(form, "audio", async () => {
    const { bare } = await sapa.script("bare.js")
    return bare(new Uint8Array(await file.arrayBuffer()))
  }, carry)
}

sapa.gone.addEventListener("abort", throwAway)
document.addEventListener("sapa:covered", throwAway)
document.addEventListener("sapa:shown", () => {
  throwAway()
  const form = document.querySelector("[data-letter=audio]")
  if (form?.elements.audio.files.length) offer(form)
})
document.addEventListener("reset", ({ target }) => { if (target.matches("[data-letter=audio]")) forget(target) })
document.addEventListener("click", ({ target }) => {
  if (target.matches("[data-stop]")) stop()
  if (target.matches("[data-throw]")) {
    target.form.reset()
    delete target.form.dataset.typed
    part(target.form, "record").focus()
  }
})
export { record, send }
