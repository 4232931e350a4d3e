// Whose phone is this? A guest's remembers nothing, and never even fetches what a phone of one's own needs.
{
  const file = new URL("own.js", document.currentScript.src)
  const load = () => import(file).then(({ own }) => own)
  const isOwn = Boolean(navigator.serviceWorker?.controller)

  // What a phone of one's own can do, or null.
  sapa.own = isOwn ? load().catch(() => null) : Promise.resolve(null)
  document.documentElement.classList.toggle("own", isOwn)

  const cannot = () => { document.querySelector("[data-choice=failed]").hidden = false }

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#hp-sendiri")) return
    event.target.disabled = true
    sapa.own = load().then((own) => own.choose())
    sapa.own.catch(cannot).finally(() => { event.target.disabled = false })
    sapa.own = sapa.own.catch(() => null)
  })
}
