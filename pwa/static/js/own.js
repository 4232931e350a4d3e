// A phone of one's own: chosen on the first page, works without signal, and forgets everything in one touch.

const ANSWERED = 3_000

const folderOf = (lang) => document.querySelector(`[name=language][lang="${lang}"]`)?.value
const spoken = () => folderOf(document.documentElement.lang)

// Only here: a phone that links it offers to install, and a guest's phone must not.
const linkManifest = () => {
  if (document.querySelector("[rel=manifest]")) return
  document.head.append(Object.assign(document.createElement("link"), { rel: "manifest", href: "/manifest.json" }))
}

let asking = null // the browser's own question, kept until she wants it

const offerInstalling = () => {
  const button = document.getElementById("pasang")
  if (button) button.hidden = !asking
}

const install = async () => {
  await asking.prompt()
  asking = null
  offerInstalling()
}

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault()
  asking = event
  offerInstalling()
})

const controlled = () => new Promise((resolve) => {
  if (navigator.serviceWorker.controller) resolve()
  else navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true })
})

// Throws when this browser can keep nothing; then nothing is left behind.
const choose = async () => {
  try {
    await outbox.begin(spoken())
    await navigator.serviceWorker.register("/service-worker.js", { updateViaCache: "none" })
    await controlled()
  } catch (error) {
    await forgetHere().catch(() => {})
    throw error
  }
  begin()
  return own
}

const begin = () => {
  document.documentElement.classList.add("own")
  linkManifest()
  shown()
  navigator.serviceWorker.controller?.postMessage("look round")
  document.dispatchEvent(new CustomEvent("sapa:own"))
}

// The server is told, but not waited for: without signal it finds out when the push service says that this phone is gone.
const callNoMore = async ({ pushManager }) => {
  const held = await pushManager?.getSubscription()
  if (!held) return
  fetch("/push/lupa", { method: "POST", body: JSON.stringify(held), keepalive: true }).catch(() => {})
  await held.unsubscribe().catch(() => {})
}

// Everything a script may remove, without any network.
const forgetHere = async () => {
  for (const registration of await navigator.serviceWorker.getRegistrations()) {
    await callNoMore(registration)
    await registration.unregister()
  }
  for (const name of await caches.keys()) await caches.delete(name)
  await outbox.destroy()
}

// The cookies no script can see go with the server's answer, if there is one soon.
const forgetThere = async () => {
  const stop = new AbortController()
  setTimeout(() => { stop.abort() }, ANSWERED)
  const answer = await fetch("/hapus-jejak", { method: "POST", signal: stop.signal })
  return answer.status === 204
}

const erase = async () => {
  const unsent = document.querySelector("[data-unsent]")
  const count = (await outbox.waiting().catch(() => [])).length
  if (count && unsent.hidden) {
    unsent.firstElementChild.textContent = unsent.dataset.unsent.replace("{n}", count)
    unsent.hidden = false
    return
  }
  await sapa.turnTo("/kota") // while it is still kept here
  document.cookie = "k=1; max-age=600; path=/; samesite=lax"
  await forgetHere()
  document.documentElement.classList.remove("own")
  sapa.own = Promise.resolve(null)
  document.querySelector("[rel=manifest]")?.remove()
  if (await forgetThere().catch(() => false)) location.replace("/kota")
}

const shown = () => {
  offerInstalling()
  if (document.getElementById("bel")) import("./bell.js").then(({ look }) => look()).catch(() => {})
  const language = spoken()
  if (language) outbox.speak(language).catch(() => {})
}

// Another language without signal: the same page out of what is kept.
const speak = async (language, path) => {
  await outbox.speak(language)
  return (await caches.match(`/luring/${language}${path}`)) ?? null
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("#hapus-jejak, #tetap-hapus")) erase()
  if (event.target.closest?.("#pasang")) install()
})
document.addEventListener("sapa:shown", shown)

// Somebody touched a line while this window was open: go and look, unless something here is dear.
navigator.serviceWorker.addEventListener("message", ({ data }) => {
  if (data === "/kabar" && !sapa.isDear() && !sapa.keepsTyped() && !sapa.left) sapa.turnTo(data).catch(() => {})
})

// A new version waits until nobody is typing and nothing waits to be sent; then she decides.
const offer = async (registration) => {
  const notice = document.getElementById("versi")
  const busy = sapa.isDear() || (await outbox.waiting().catch(() => [])).length > 0
  notice.hidden = !registration.waiting || busy
  notice.querySelector("button").onclick = () => { registration.waiting?.postMessage("move in") }
}

const watchVersions = async () => {
  const registration = await navigator.serviceWorker.getRegistration()
  if (!registration) return
  const look = () => { offer(registration) }
  registration.addEventListener("updatefound", () => { registration.installing.addEventListener("statechange", look) })
  document.addEventListener("sapa:shown", look)
  document.addEventListener("input", look)
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    const isErased = !navigator.serviceWorker.controller // the worker went with the traces; erase() knows where to go
    if (!isErased && !sapa.isDear() && !sapa.left) location.reload()
  })
  look()
}

const line = () => outbox.line().catch(() => "")

export const own = { choose, speak, keep, showWaiting, line }

if (navigator.serviceWorker.controller) {
  begin()
  watchVersions()
}
