// Coming back with the number: opened here, answered here, and forgotten with the page.
{
  let fresh = null // a number just made, shown until she closes it
  let change = null // on its way to becoming that

  // What few need comes when it is needed; a browser remembers a failed try, so the next one has an address of its own.
  const here = document.currentScript.src
  const scripts = {}
  let tries = 0
  sapa.script = (name) => (scripts[name] ??= import(`${new URL(name, here)}?${tries++}`).catch((error) => {
    delete scripts[name]
    throw error
  }))

  const photo = async (form) => {
    await sapa.script("files.js")
    return sapa.sendPhoto(form)
  }

  const audio = async (form) => {
    await sapa.script("files.js")
    return (await sapa.script("voice.js")).send(form)
  }

  document.addEventListener("click", ({ target }) => {
    if (!target.matches?.("[data-record]")) return
    sapa.script("voice.js").then(({ record }) => record(target.form), () => { sapa.say(target.form, "offline") })
  })

  // Her number is opened here: the server is given only what it is looked up by, and answers stay shut until they arrive.
  const open = async (form) => {
    const digits = form.querySelector("[name=number]").value.replace(/\D/g, "")
    if (!sapa.isNumber(digits)) return sapa.say(form, "number")
    const keys = await sapa.stretch(digits, sapa.siteOf())
    sapa.keys = keys
    await look().catch((error) => withoutSignal(error, keys))
    document.getElementById(form.getAttribute("action").split("#")[1])?.scrollIntoView()
  }

  const look = () => sapa.post("/kabar", { lookup_id: sapa.hex(sapa.keys.lookupId) })

  // On a phone of one's own the number opens what waits here, and says honestly that answers need a signal.
  const withoutSignal = async (error, keys) => {
    if (error.status || !(await sapa.own)) throw error
    if (!document.getElementById("tanpa-sinyal")) await sapa.turnTo("/kabar")
    sapa.keys = keys
    const main = document.querySelector("main")
    main.replaceChildren(document.getElementById("tanpa-sinyal").content.cloneNode(true))
    main.querySelector("h1").focus()
    showWaiting()
  }

  const showWaiting = async () => {
    const own = await sapa.own
    const hers = sapa.hex(sapa.keys.lookup)
    await own?.showWaiting(({ lookup }) => lookup === hers) // only she who typed the number
  }

  const add = (form) => {
    const told = sapa.told(form)
    if (!told.story) return sapa.say(form, "empty")
    if (!sapa.check(form)) return sapa.say(form, "wrong")
    const inside = { ...told, reply_key: sapa.hex(sapa.keys.replyKey) }
    const seal = async () => ({ letter: await sapa.letter(sapa.siteOf(), "addition", sapa.keys.lookup, inside) })
    return sapa.send(form, seal, (_, kept) => {
      form.reset()
      delete form.dataset.typed
      sapa.say(form, kept ? "kept" : "added")
      if (kept) showWaiting()
    })
  }

  // What she answers about a visit; the page that comes back says where it stands.
  const reply = (form) => {
    const inside = { ...sapa.told(form), reply_key: sapa.hex(sapa.keys.replyKey) }
    const seal = async () => ({ letter: await sapa.letter(sapa.siteOf(), "reply", sapa.keys.lookup, inside) })
    return sapa.send(form, seal, (_, kept) => (kept ? sapa.say(form, "kept") : look()))
  }

  // Every answer is closed anew to the new number here; the old number opens nothing once the server has moved them.
  const closeAnew = async (version) => {
    const site = sapa.siteOf()
    const number = sapa.newNumber()
    const keys = await sapa.stretch(number, site)
    const inside = { reply_key: sapa.hex(keys.replyKey), key_version: version }
    const letter = sapa.hex((await sapa.letter(site, "new-number", sapa.keys.lookup, inside)).bytes)
    const closed = await Promise.all([...document.querySelectorAll("[data-box]")].map(async ({ dataset }) => {
      const text = await sapa.openAnswer(sapa.keys.replyKey, dataset.answer, dataset.box)
      return [["answer", dataset.answer], ["box", await sapa.closeAnswer(keys.replyKey, dataset.answer, text)]]
    }))
    const line = (await (await sapa.own)?.line()) ?? "" // only this phone goes on being called
    return { number, keys, body: [["lookup_id", sapa.hex(keys.lookupId)], ["letter", letter], ["subscription", line], ...closed.flat()] }
  }

  // After a lost answer the same bytes go again: the server may have moved everything, and only this page knows the number.
  const changeNumber = async (form) => {
    form.inert = true
    change ??= await closeAnew(Number(form.dataset.version) + 1)
    const before = [sapa.keys, fresh];
    [sapa.keys, fresh] = [change.keys, change.number]
    try {
      await sapa.post("/kabar/nomor", change.body)
      change = null
    } catch (error) {
      [sapa.keys, fresh] = before
      form.inert = false
      if (error.status !== 422) throw error
      change = null // an answer came in between: look again
      await look()
    }
  }

  const showFresh = () => {
    const section = document.getElementById("nomor-baru").content.cloneNode(true)
    sapa.fillNumber(section, fresh)
    document.querySelector("h1").after(section)
  }

  // A reloaded page has forgotten the key with everything else: it asks for the number again.
  const unlock = async () => {
    if (document.querySelector("input#nomor")) sapa.keys = change = fresh = null
    if (!document.querySelector("[data-on-the-phone]")) return
    if (!sapa.keys) { await sapa.post("/kabar/tutup", {}); return }
    for (const { dataset, lastElementChild } of document.querySelectorAll("[data-box]:has(.said)")) {
      lastElementChild.textContent = await sapa.openAnswer(sapa.keys.replyKey, dataset.answer, dataset.box)
    }
    if (fresh) showFresh()
    showWaiting()
    sapa.script("files.js").catch(() => {}) // asked for again when a file is sent
  }

  document.addEventListener("sapa:shown", unlock)
  document.addEventListener("DOMContentLoaded", unlock)
  sapa.reopen = look
  Object.assign(sapa.tell, { open, look, photo, audio, addition: add, reply, number: changeNumber })
}
