// After a swap, say it to screen readers; when nothing came, say that too.
document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target
  const shown = document.getElementById(target.id) || target // an outerHTML swap leaves the old element in `target`
  const said = shown.querySelector("[data-said]")
  if (said) document.getElementById("kabar-kilat").textContent = said.textContent
})

// Whoever is signed in gets the worker and the sealed slots; before that this browser is nobody's.
{
  const file = new URL("ground.js", document.currentScript.src)
  addEventListener("DOMContentLoaded", () => {
    if (document.body.dataset.owner && navigator.serviceWorker) import(file)
  })
}
