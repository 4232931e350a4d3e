// One question at a time, checked on the phone by the rules the server wrote beside each field.
{
  sapa.steps = (form) => [...form.querySelectorAll(":scope > [data-step]")]

  const show = (form, wanted) => {
    const steps = sapa.steps(form)
    const at = Math.max(0, Math.min(wanted, steps.length - 1))
    steps.forEach((step, place) => { step.classList.toggle("now-step", place === at) })
    if (steps[at].matches("details")) steps[at].open = true
    form.dataset.at = at
    form.querySelector("[data-back]").hidden = at === 0
    form.querySelector("[data-next]").hidden = at === steps.length - 1
    form.querySelector("[data-count]").textContent = `${at + 1} / ${steps.length}`
  }

  const move = (form, by) => {
    show(form, Number(form.dataset.at) + by)
    form.querySelector(".now-step").scrollIntoView({ block: "start" })
    form.querySelector(".now-step").querySelector("input, select, textarea, summary")?.focus({ preventScroll: true })
  }

  const begin = () => {
    const form = document.querySelector("form[data-steps]:not(.stepped)")
    if (!form || document.querySelector("#periksa")) return
    form.classList.add("stepped")
    show(form, Number(form.dataset.at ?? 0))
  }

  const number = (text) => text.replace(/[\s().-]/g, "")

  const isWrong = (field) => {
    if (field.matches("fieldset")) return !field.querySelector(":checked")
    const { most, low, high, shape } = field.dataset
    const text = field.value.trim()
    if (field.validity?.badInput) return true
    if (!text) return false
    if (most && [...text].length > Number(most)) return true
    if (high && !(/^\d{1,6}$/.test(text) && Number(text) >= Number(low) && Number(text) <= Number(high))) return true
    if (field.type === "date" && (text > field.max || text < field.min)) return true
    return Boolean(shape) && !new RegExp(`^(?:${shape})$`).test(number(text))
  }

  const explain = (field, sentence) => {
    document.getElementById(`${field.id}-salah`)?.remove()
    field.removeAttribute("aria-invalid")
    if (!sentence) return
    const error = Object.assign(document.createElement("p"), { className: "error", id: `${field.id}-salah`, textContent: sentence })
    field.before(error)
    field.setAttribute("aria-invalid", "true")
    field.setAttribute("aria-describedby", error.id)
  }

  // The first field that needs fixing is shown with a sentence beside it; what was typed stays.
  sapa.check = (form) => {
    const fields = [...form.querySelectorAll("[data-wrong]")]
    for (const field of fields) explain(field, isWrong(field) ? field.dataset.wrong : "")
    const wrong = fields.find((field) => field.matches("[aria-invalid]"))
    if (!wrong) return true
    const step = sapa.steps(form).findIndex((each) => each.contains(wrong))
    if (step >= 0 && form.matches(".stepped")) show(form, step)
    wrong.closest("details")?.setAttribute("open", "")
    const first = wrong.matches("fieldset") ? wrong.querySelector("input") : wrong
    first.focus()
    return false
  }

  // What was typed moves over to the same fields of another page: another language, or another way to tell.
  sapa.carry = (from, to) => {
    for (const field of from.querySelectorAll("[name]:not([type=hidden])")) {
      const chosen = ["radio", "checkbox"].includes(field.type) ? `[value="${CSS.escape(field.value)}"]` : ""
      const twin = to.querySelector(`[name="${CSS.escape(field.name)}"]${chosen}`)
      if (!twin || field.matches("button")) continue
      if (chosen) twin.checked = field.checked
      else if (field.type === "file") twin.files = field.files
      else twin.value = field.value
    }
  }

  const NOT_TOLD = new Set(["id", "back", "language", "csrf_token", "behind_open"])
  const clean = (text) => text.normalize("NFC").replace(/\r\n?/g, "\n").replace(/[\p{Cc}\p{Cs}]/gu, (sign) => ("\n\t".includes(sign) ? sign : "")).trim()

  // What was answered, as the server's form would hold it: an empty field is not an answer.
  sapa.told = (form) => {
    const told = {}
    for (const [name, value] of new FormData(form)) {
      const text = NOT_TOLD.has(name) ? "" : clean(value)
      if (!text) continue
      const field = form.querySelector(`[name=${name}]`)
      if (field.type === "checkbox") (told[name] ??= []).push(text)
      else told[name] = field.dataset.high ? Number(text) : text
    }
    return told
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-back], [data-next]")
    if (button) move(button.form, button.hasAttribute("data-next") ? 1 : -1)
  })
  document.addEventListener("sapa:shown", begin)
  document.addEventListener("DOMContentLoaded", begin)
  document.documentElement.classList.add("js")
}
