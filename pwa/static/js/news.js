// Coming back with the number: opened here, answered here, and forgotten with the page.
{
  // Her number is opened here: the server is given only what it is looked up by, and answers stay shut until they arrive.
  const open = async (form) => {
    const digits = form.querySelector("[name=number]").value.replace(/\D/g, "")
    if (!sapa.isNumber(digits)) return sapa.say(form, "number")
    sapa.keys = await sapa.stretch(digits, sapa.siteOf())
    return sapa.post("/kabar", { lookup_id: sapa.hex(sapa.keys.lookupId) })
  }

  const add = (form) => {
    const told = sapa.told(form)
    if (!told.story) return sapa.say(form, "empty")
    if (!sapa.check(form)) return sapa.say(form, "wrong")
    const inside = { ...told, reply_key: sapa.hex(sapa.keys.replyKey) }
    const seal = async () => ({ letter: await sapa.letter(sapa.siteOf(), "addition", sapa.keys.lookup, inside) })
    return sapa.send(form, seal, () => {
      form.reset()
      delete form.dataset.typed
      sapa.say(form, "added")
    })
  }

  // Every answer is closed anew to the new number here; the old number opens nothing once the server has moved them.
  const changeNumber = async (form) => {
    form.inert = true
    const site = sapa.siteOf()
    const number = sapa.newNumber()
    const fresh = await sapa.stretch(number, site)
    const moved = { lookup_id: sapa.hex(fresh.lookupId) }
    const inside = { reply_key: sapa.hex(fresh.replyKey), key_version: Number(form.dataset.version) + 1 }
    moved.letter = sapa.hex((await sapa.letter(site, "new-number", sapa.keys.lookup, inside)).bytes)
    const boxes = [...document.querySelectorAll("[data-box]")]
    const closed = await Promise.all(boxes.map(async ({ dataset }) => {
      const text = await sapa.openAnswer(sapa.keys.replyKey, dataset.answer, dataset.box)
      return [["answer", dataset.answer], ["box", await sapa.closeAnswer(fresh.replyKey, dataset.answer, text)]]
    }))
    const before = sapa.keys
    sapa.keys = fresh
    await sapa.post("/kabar/nomor", [...Object.entries(moved), ...closed.flat()]).catch((error) => {
      sapa.keys = before
      form.inert = false
      throw error
    })
    const section = document.getElementById("nomor-baru").content.cloneNode(true)
    sapa.fillNumber(section, number)
    document.querySelector("h1").after(section)
  }

  // A reloaded page has forgotten the key with everything else: it asks for the number again.
  const unlock = async () => {
    if (!document.querySelector("[data-on-the-phone]")) return
    if (!sapa.keys) { await sapa.post("/kabar/tutup", {}); return }
    for (const { dataset, lastElementChild } of document.querySelectorAll("[data-box]:has(.said)")) {
      lastElementChild.textContent = await sapa.openAnswer(sapa.keys.replyKey, dataset.answer, dataset.box)
    }
  }

  document.addEventListener("sapa:shown", unlock)
  document.addEventListener("DOMContentLoaded", unlock)
  Object.assign(sapa.tell, { open, addition: add, number: changeNumber })
}
