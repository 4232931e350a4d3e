// A file on its way: how far it is, a way to call it off, and nothing that would leave it behind.
{
  const SILENT = 30_000
  const { Refused } = sapa

  const answered = (request) => {
    try { return JSON.parse(request.responseText) } catch { return {} }
  }

  // What was answered, or nothing: a link may be slow but not silent.
  sapa.upload = (method, url, headers, bytes, { stop, going }) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const cancel = () => { request.abort() }
    let timer = setTimeout(cancel, SILENT)
    request.upload.onprogress = ({ loaded }) => {
      clearTimeout(timer)
      timer = setTimeout(cancel, SILENT)
      going(loaded)
    }
    request.onloadend = () => {
      clearTimeout(timer)
      stop.removeEventListener("abort", cancel)
      const { status } = request
      const said = answered(request)
      if (status === 409 && said.refused) reject(new Refused(said.refused))
      if (status === 413 || status === 422) reject(new Refused())
      resolve({ ...said, status, at: request.getResponseHeader("Upload-Offset") })
    }
    stop.addEventListener("abort", cancel)
    request.open(method, url)
    for (const [name, value] of Object.entries({ "Content-Type": "application/octet-stream", ...headers })) request.setRequestHeader(name, value)
    request.send(bytes)
  })

  // `make` gives the bare bytes; `post` is true once our own id came back, which alone is a receipt.
  sapa.attach = async (form, kind, make, post) => {
    const going = form.querySelector("[data-going]")
    const bar = going.querySelector("progress")
    const cancel = new AbortController()
    const cancelled = new Promise((_, reject) => {
      cancel.signal.addEventListener("abort", () => { reject(new Refused("cancelled")) })
    })
    cancelled.catch(() => {})
    sapa.gone.addEventListener("abort", () => { cancel.abort() })
    going.querySelector("[data-cancel]").onclick = () => {
      cancel.abort()
      form.querySelector("[data-again]").click()
    }
    const seal = async () => {
      const letter = await Promise.race([cancelled, make().then((bytes) => sapa.letter(sapa.siteOf(), kind, sapa.keys.lookup, bytes))])
      const way = { stop: cancel.signal, going: (sent) => { bar.value = (100 * sent) / letter.bytes.length } }
      return { letter: { ...letter, post: () => Promise.race([cancelled, post(letter, way)]) } }
    }
    const number = document.querySelector("[data-letter=number]") // another number now would leave the file behind
    number.inert = true
    going.hidden = false
    bar.removeAttribute("value")
    try {
      await sapa.send(form, seal, () => {
        form.reset()
        delete form.dataset.typed
        sapa.say(form, "sent")
      })
    } finally {
      number.inert = false
      going.hidden = true
    }
  }
}
