// After a swap, say it to screen readers; when nothing came, say that too.
document.addEventListener("htmx:afterSwap", (event) => {
  const said = event.detail.target.querySelector("[data-said]")
  if (said) document.getElementById("kabar-kilat").textContent = said.textContent
})
