/* The worker of a phone of one's own. It keeps pages made for nobody and the files they need, answers from them when there
   is no signal, sends what waits, sealed, when there is one again, and shows a dull line when somebody is called.

   It never answers, rebuilds or keeps a POST, never keeps a page that was made for somebody, and never takes over under
   somebody who is typing. The server writes one line above this one: KEPT = {version, pages, languages, files, office, outbox, key}. */

importScripts(KEPT.outbox)

const SHELL = `kota-${KEPT.version}`

// Keeping

const addressOf = (path, language) => `/luring/${language}${path}`

const savesData = () => Boolean(self.navigator.connection?.saveData)

// On a dear link only the language she reads is fetched; the other comes when she asks for it.
const languagesToKeep = async () => (savesData() ? [await outbox.language() ?? KEPT.languages[0]] : KEPT.languages)

// A resident's phone is spared the pages of those who work here.
const parts = async () => ((await outbox.isAtWork().catch(() => false)) ? [KEPT, KEPT.office] : [KEPT])

const wanted = async () => {
  const [languages, wantedParts] = await Promise.all([languagesToKeep(), parts()])
  const pages = wantedParts.flatMap((part) => part.pages)
  return [...wantedParts.flatMap((part) => part.files), ...languages.flatMap((language) => pages.map((path) => addressOf(path, language)))]
}

// A sign-in page of some other network answers 200 to everything; only what says that it may be kept is kept.
const fetchToKeep = async (url) => {
  const answer = await fetch(new Request(url, { cache: "reload", credentials: "omit", redirect: "error" }))
  if (!answer.ok || answer.headers.get("X-Offline") !== "public") throw new TypeError("not to be kept")
  return answer
}

// All or nothing: half a shell would be worse than none.
const keepShell = async () => {
  const urls = await wanted()
  const answers = await Promise.all(urls.map(fetchToKeep))
  const cache = await caches.open(SHELL)
  await Promise.all(answers.map((answer, place) => cache.put(urls[place], answer)))
}

// Somebody came to work on a phone whose worker knew of none.
const goToWork = async () => {
  if (!(await keptPage(KEPT.office.pages[0]))) await keepShell()
}

const forgetOldShells = async () => {
  for (const name of await caches.keys()) if (name !== SHELL) await caches.delete(name)
}

// Answering

const kept = async (url) => (await caches.open(SHELL)).match(url)

const keptPage = async (path) => {
  const language = await outbox.language().catch(() => null)
  for (const each of [language, ...KEPT.languages]) {
    const page = each && (await kept(addressOf(path, each)))
    if (page) return page
  }
  return undefined
}

const pageFirst = async (request, path) => (await keptPage(path)) ?? fetch(request)

const PATIENCE = 8_000

const tooLong = () => new Promise((_, reject) => { setTimeout(reject, PATIENCE, new TypeError("no signal")) })

// What lives on the server, and the kept page that stands in for it without signal.
const INSTEAD = [
  [/^\/kabar$/, "/kabar"],
  [/^\/kader$/, "/kader/tetangga"],
  [/^\/konselor(\/perjalanan(\/.*)?)?$/, "/kegiatan"],
]
const shownInstead = (path) => INSTEAD.find(([pattern]) => pattern.test(path))?.[1]

// What was answered lives on the server: ask there first, and say honestly when there is no signal.
const signalFirst = async (request, path) => {
  const page = await keptPage(shownInstead(path))
  if (!page) return fetch(request)
  return Promise.race([fetch(request), tooLong()]).catch(() => page)
}

const fileFirst = async (request, path) => (await kept(path)) ?? fetch(request)

const howToAnswer = ({ pathname, search }) => {
  if (search) return null
  if ([...KEPT.files, ...KEPT.office.files].includes(pathname)) return fileFirst
  if (shownInstead(pathname)) return signalFirst
  return [...KEPT.pages, ...KEPT.office.pages].includes(pathname) ? pageFirst : null
}

const answer = (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return
  const how = howToAnswer(url)
  if (how) event.respondWith(how(event.request, url.pathname))
}

// Sending what waits: an item that could not go makes the browser try again later.

const sendWhatWaits = async () => {
  const left = await outbox.flush()
  if (left) throw new Error("still waiting")
}

// Being called: a push brings one letter for one of these lines, and nothing else. The lock screen shows everything.

const LINES = {
  id: {
    n: ["Ada kabar baru", "Buka aplikasi untuk melihat."],
    m: ["Ada kabar baru", "Ada pesan belum dibaca."],
    w: ["Ada kabar baru", "Ada perubahan waktu."],
    r: ["Pengingat", "Buka aplikasi untuk melihat."],
    t: ["Tugas baru", "Buka dasbor. Perlu segera dibaca."],
  },
  ban: {
    n: ["Aya béja anyar", "Buka aplikasi pikeun nénjo."],
    m: ["Aya béja anyar", "Aya pesen nu acan dibaca."],
    w: ["Aya béja anyar", "Aya waktu nu robah."],
    r: ["Pangéling", "Buka aplikasi pikeun nénjo."],
    t: ["Tugas anyar", "Buka dasbor. Kudu gancang dibaca."],
  },
}
const TAGS = { id: "id", ban: "su" }
const TASK = "t"

// Anything that is not one of ours still gets the general line: a push that shows nothing makes the browser tell on us.
const read = (data) => {
  try {
    const { id, k } = data.json()
    return { id: /^[0-9a-f]{32}$/.test(id) ? id : null, kind: Object.keys(LINES.id).includes(k) ? k : "n" }
  } catch {
    return { id: null, kind: "n" }
  }
}

const shortly = (promise) => Promise.race([promise, new Promise((resolve) => { setTimeout(resolve, 300, null) })])

const show = async (kind) => {
  const spoken = await shortly(outbox.language().catch(() => null))
  const language = spoken in LINES ? spoken : "id"
  const [title, body] = LINES[language][kind]
  const icon = KEPT.files.find((file) => file.endsWith("icon-192.png"))
  const wakes = kind === TASK
  await self.registration.showNotification(title, {
    body, icon, badge: icon, lang: TAGS[language], tag: kind, renotify: wakes, requireInteraction: wakes,
    data: wakes ? "/masuk" : "/kabar",
  })
}

const acknowledge = async (id) => {
  if (id) await fetch("/push/ack", { method: "POST", body: id, credentials: "omit", keepalive: true }).catch(() => {})
}

const beCalled = async ({ id, kind }) => {
  await show(kind)
  await acknowledge(id)
}

// An open window only comes to the front: what is half typed in it must stay.
const comeAndLook = async (path) => {
  const [window] = await self.clients.matchAll({ type: "window", includeUncontrolled: true })
  if (!window) return self.clients.openWindow(path)
  window.postMessage(path)
  return window.focus()
}

// Staying reachable: the server's key may change, and so may the address a browser was given. Whoever said yes is not asked
// again. A worker has no session and no number, so it can move only what it can name: the address the server was told last.

const inText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes ?? []))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "")

const reachable = async () => {
  const { pushManager } = self.registration
  const held = await pushManager.getSubscription()
  if (held && inText(held.options.applicationServerKey) === KEPT.key) return held
  await held?.unsubscribe()
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: KEPT.key })
}

const stayReachable = async (told) => {
  if (!told || Notification.permission !== "granted") return
  const now = JSON.stringify(await reachable())
  if (now === told) return
  const answer = await fetch("/push/pindah", { method: "POST", body: `{"old":${told},"new":${now}}`, credentials: "omit" })
  if (answer.ok) await outbox.hold(now)
}

const toldLast = () => outbox.line().catch(() => null) // staff have no such box; some browsers name the old address themselves

const moved = async ({ oldSubscription }) => stayReachable(oldSubscription ? JSON.stringify(oldSubscription) : await toldLast())

const lookRound = async () => stayReachable(await toldLast())

self.addEventListener("push", (event) => { event.waitUntil(beCalled(read(event.data))) })
self.addEventListener("notificationclick", (event) => {
  event.notification.close()
  event.waitUntil(comeAndLook(event.notification.data))
})

// Newer browsers ask the network at the same time as the worker, unless they are told not to: nobody need be asked.
const answerAlone = (event) => event.addRoutes?.({ condition: { requestMode: "navigate" }, source: "fetch-event" })

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell())
  event.waitUntil(Promise.resolve(answerAlone(event)).catch(() => {}))
})
self.addEventListener("activate", (event) => { event.waitUntil(forgetOldShells().then(() => self.clients.claim())) })
self.addEventListener("fetch", answer)
self.addEventListener("sync", (event) => { if (event.tag === "k") event.waitUntil(sendWhatWaits()) })
self.addEventListener("pushsubscriptionchange", (event) => { event.waitUntil(moved(event)) })
self.addEventListener("message", (event) => {
  if (event.data === "move in") self.skipWaiting()
  if (event.data === "look round") event.waitUntil(lookRound().catch(() => {})) // at the next opening again
  if (event.data === "to work") event.waitUntil(goToWork())
})
