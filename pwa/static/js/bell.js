// Being told on this phone that there is news: our own words first, a second yes, and only then the browser's question.

const REFUSED_FOR = 30 * 24 * 60 * 60 * 1000
const PATIENCE = 15_000

const bell = () => document.getElementById("bel")
const panel = () => bell()?.querySelector("details")

const say = (which) => {
  for (const each of bell().querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== which
}

const registered = () => navigator.serviceWorker.ready
const held = async () => (await registered()).pushManager.getSubscription()

// As the server marks this phone, in short.
const markOf = async (subscription) => {
  const { endpoint, keys } = subscription.toJSON()
  const digest = await crypto.subtle.digest("SHA-256", sapa.utf8([endpoint, keys.p256dh, keys.auth].join("\0")))
  return sapa.hex(new Uint8Array(digest)).slice(0, 16)
}

const isCalled = async () => {
  const { marks } = bell().dataset // before the page can change
  const subscription = await held()
  return Boolean(subscription) && marks.split(" ").includes(await markOf(subscription))
}

const possible = () => Boolean(window.PushManager && window.Notification)

const stand = async () => {
  if (!possible()) return "impossible"
  if (await isCalled()) return "on"
  return Notification.permission === "denied" ? "refused" : "ask"
}

// Closed is "no": it opens by itself only where she has not said so lately.
export const look = async () => {
  const now = await stand()
  say(now)
  if (!panel()) return
  panel().hidden = now === "on"
  panel().open = now === "ask" && !(Date.now() < (await outbox.later()))
}

// A push service that cannot be reached lets subscribe() wait for ever.
const inTime = (promise) => Promise.race([
  promise, new Promise((_, reject) => { setTimeout(reject, PATIENCE, new Error("too long")) }),
])

const subscribed = async () => {
  const { pushManager } = await registered()
  const wanted = { userVisibleOnly: true, applicationServerKey: bell().dataset.key }
  return inTime(pushManager.subscribe(wanted).catch(async () => { // one made for an older key stands in the way
    await (await held())?.unsubscribe()
    return pushManager.subscribe(wanted)
  }))
}

const yes = async () => {
  say("asking")
  if ((await Notification.requestPermission()) !== "granted") return say(await stand())
  const line = JSON.stringify(await subscribed())
  await outbox.hold(line)
  return sapa.post("/kabar/hp", { subscription: line })
}

const no = async () => {
  await outbox.putOff(Date.now() + REFUSED_FOR)
  say("ask")
  panel().open = false
  panel().querySelector("summary").focus()
}

const sure = () => {
  say("sure")
  bell().querySelector("strong[tabindex]").focus()
}

// Whoever stops it here means this phone, whatever other number it is called for.
const silence = async () => {
  if (!possible() || !(await isCalled())) return
  const line = JSON.stringify(await held())
  await outbox.hold(null)
  await fetch("/push/lupa", { method: "POST", body: line, keepalive: true })
}

const answers = { yes, no, sure }

document.addEventListener("click", (event) => {
  const choice = event.target.closest?.("[data-bell]")?.dataset.bell
  if (choice) Promise.resolve(answers[choice]()).catch(() => { say("failed") })
})
document.addEventListener("submit", (event) => {
  if (event.target.closest?.("#bel")) silence().catch(() => {})
}, true)
