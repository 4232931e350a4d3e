// This device may be called: our own words first, then the browser's question, and the same again at every visit.
{
  const REFUSED_FOR = 30 * 24 * 60 * 60 * 1000
  const PATIENCE = 15_000
  const panel = document.getElementById("hp-ini")
  const key = document.querySelector("meta[name=kabar]")?.content
  const possible = Boolean(navigator.serviceWorker && window.PushManager && window.Notification && key)

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0))
  const same = (one, other) => one.length === other.length && one.every((each, place) => each === other[place])

  // A push service that cannot be reached lets subscribe() wait for ever.
  const inTime = (promise) => Promise.race([
    promise, new Promise((_, reject) => { setTimeout(reject, PATIENCE, new Error("too long")) }),
  ])

  const registered = async () => {
    await navigator.serviceWorker.register("/service-worker.js", { updateViaCache: "none" })
    return navigator.serviceWorker.ready
  }

  // Bound to the key the server holds now; one made for another key is let go first.
  const subscribed = async () => {
    const { pushManager } = await inTime(registered())
    const wanted = bytes(key)
    const held = await pushManager.getSubscription()
    if (held && same(new Uint8Array(held.options.applicationServerKey ?? []), wanted)) return held
    await held?.unsubscribe()
    return inTime(pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted }))
  }

  const say = (which) => {
    for (const each of panel.querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== which
  }

  const tell = (form, subscription) => {
    form.elements.subscription.value = JSON.stringify(subscription)
    form.submit()
  }

  const yes = async (form) => {
    say("asking")
    const answer = await Notification.requestPermission()
    if (answer !== "granted") return say("refused")
    tell(form, await subscribed())
  }

  const refusedLately = () => Date.now() - Number(localStorage.getItem("kabar-tidak") ?? 0) < REFUSED_FOR

  if (panel) {
    const form = panel.querySelector("form[data-call]")
    if (!possible) say("impossible")
    else if (form) say(Notification.permission === "denied" ? "refused" : refusedLately() ? "later" : "ask")
    panel.addEventListener("click", (event) => {
      const choice = event.target.closest("[data-choice]")?.dataset.choice
      if (choice === "yes") yes(form).catch(() => { say("failed") })
      if (choice === "no") {
        localStorage.setItem("kabar-tidak", Date.now())
        say("later")
      }
      if (choice === "again") say("ask")
    })
  }

  // Once a window: what the server knows about this device must be what is true.
  const reconcile = async () => {
    const token = document.querySelector("[name=csrf_token]")?.value
    if (!possible || !token || Notification.permission !== "granted" || sessionStorage.getItem("kabar")) return
    if (!(await navigator.serviceWorker.getRegistration())) return
    const body = new URLSearchParams({ csrf_token: token, subscription: JSON.stringify(await subscribed()) })
    const answer = await fetch("/piket/hp", { method: "POST", body })
    if (answer.ok) sessionStorage.setItem("kabar", "1")
  }
  if (!panel) reconcile().catch(() => {})

  // Somebody touched the notification while this window was open: go and look, unless something is half typed here.
  let typing = false
  document.addEventListener("input", () => { typing = true })
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data === "/masuk" && !typing) location.assign("/masuk")
  })
}
