import "./outbox.js"
// What waits on this phone, in words: on the receipt, and behind its number; nowhere else.

const AGAIN = 30_000
const MINUTE = 60_000

const keep = async (letter) => {
  await outbox.keep(letter)
  sendSoon()
}

// Also when this page is closed before there is a signal.
const sendSoon = () => {
  navigator.storage?.persist?.().catch(() => {})
  navigator.serviceWorker.ready.then(({ sync }) => sync?.register("k")).catch(() => {})
  tryNow()
}

const tryNow = async () => {
  await outbox.flush().catch(() => {})
  await tell()
}

// The receipt of something that is not there any more has been sent: only she could have taken it back.
const tell = async () => {
  const letters = await outbox.waiting().catch(() => null)
  if (!letters) return
  const waits = new Set(letters.map(({ id }) => id))
  for (const part of document.querySelectorAll("[data-letter-id]")) {
    const state = waits.has(part.dataset.letterId) ? "kept" : "sent"
    for (const each of part.querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== state
  }
  list(letters)
}

const age = (at, { just, minutes, hours, days }) => {
  const passed = Math.floor((Date.now() - at) / MINUTE)
  if (passed < 2) return just
  if (passed < 120) return minutes.replace("{n}", passed)
  return passed < 48 * 60 ? hours.replace("{n}", Math.floor(passed / 60)) : days.replace("{n}", Math.floor(passed / 1440))
}

let isShown = () => false

const list = (letters) => {
  const section = document.getElementById("menunggu")
  if (!section) return
  const mine = letters.filter(isShown)
  section.hidden = !mine.length
  for (const each of section.querySelectorAll("[data-how-many]")) each.textContent = mine.length
  const rows = mine.map(({ id, at }) => {
    const row = section.querySelector("template").content.cloneNode(true)
    row.querySelector("[data-age]").textContent = age(at, section.dataset)
    const outcome = outbox.outcomes.get(id)
    for (const each of row.querySelectorAll("[data-outcome]")) each.hidden = each.dataset.outcome !== outcome
    const takeBack = row.querySelector("[data-take-back]")
    if (takeBack) takeBack.onclick = async () => { await outbox.drop(id); await tell() }
    return row
  })
  section.querySelector("ul").replaceChildren(...rows)
}

// A page shows only what is its reader's.
const showWaiting = async (isHers) => {
  isShown = isHers
  await tell()
}

new BroadcastChannel("k-waiting").onmessage = ({ data: [id, outcome] }) => {
  outbox.outcomes.set(id, outcome)
  tell()
}
document.addEventListener("click", (event) => { if (event.target.closest?.("[data-send-now]")) tryNow() })
document.addEventListener("sapa:own", tryNow)
document.addEventListener("visibilitychange", () => { if (!document.hidden) tryNow() })
addEventListener("online", tryNow)
addEventListener("pageshow", tryNow)
const comeBack = () => {
  if (!document.hidden) tryNow()
  setTimeout(comeBack, AGAIN * (0.75 + Math.random() / 2)) // not every phone of a village at once
}
setTimeout(comeBack, AGAIN)
