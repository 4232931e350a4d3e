import "./outbox.js"
// The ground on which everybody stands who is signed in: the worker, and the sealed slots for what cannot be sent yet.

const AGAIN = 30_000

const folder = () => document.querySelector("[name=language][aria-current]")?.value

const begin = async () => {
  await outbox.begin(folder())
  await outbox.goToWork()
  const { active } = await navigator.serviceWorker.register("/service-worker.js", { updateViaCache: "none" })
  active?.postMessage("to work")
  const flush = () => { if (!document.hidden) outbox.flush().catch(() => {}) }
  for (const kind of ["online", "pageshow"]) addEventListener(kind, flush)
  document.addEventListener("visibilitychange", flush)
  setInterval(flush, AGAIN)
  flush()
}

// Also when the push service cannot be asked: it may wait for ever.
const PATIENCE = 2_000

const silence = async (registration) => {
  for (const shown of await registration.getNotifications()) shown.close()
  await (await registration.pushManager?.getSubscription())?.unsubscribe()
}

const inTime = (work) => Promise.race([work, new Promise((resolve) => { setTimeout(resolve, PATIENCE) })]).catch(() => {})

// What is still unsent stays, sealed; everything else of ours leaves this browser.
const forget = async (unsent) => {
  for (const registration of await navigator.serviceWorker.getRegistrations()) {
    await inTime(silence(registration))
    await registration.unregister()
  }
  for (const name of await caches.keys()) await caches.delete(name)
  sessionStorage.clear() // htmx notes there which page it was on
  if (!unsent) return outbox.destroy()
  await outbox.belongsTo("")
  await outbox.plan([])
}

// The first press only warns when something has not been sent yet.
const leave = async (form) => {
  const unsent = (await outbox.waiting().catch(() => [])).length
  const warning = document.getElementById("belum-terkirim")
  if (unsent && warning.hidden) {
    warning.querySelector("span").textContent = warning.dataset.said.replace("{n}", unsent)
    warning.hidden = false
    return
  }
  await forget(unsent).catch(() => {})
  form.submit()
}

document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") !== "/keluar-akun") return
  event.preventDefault()
  leave(event.target)
})

begin().catch(() => {}) // a browser that keeps nothing serves its reader all the same
