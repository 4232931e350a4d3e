// A passkey signs what the page asks; its answer travels in a hidden field of an ordinary form.
// Bytes are written and read by hand: the helpers for that are missing in older phones.
{
  const LASTS = 4 * 60 * 1000
  const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0))
  const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")

  const make = async (form) => {
    const { challenge, host, user, login, known } = form.dataset
    const made = await navigator.credentials.create({ publicKey: {
      challenge: toBytes(challenge),
      rp: { id: host, name: "Sapa" },
      user: { id: toBytes(user), name: login, displayName: login },
      pubKeyCredParams: [-7, -257, -8].map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      excludeCredentials: known.split(" ").filter(Boolean).map((id) => ({ type: "public-key", id: toBytes(id) })),
      attestation: "none",
    } })
    return { made, response: { attestationObject: toText(made.response.attestationObject) } }
  }

  const use = async (form) => {
    const { challenge, host } = form.dataset
    const made = await navigator.credentials.get({ publicKey: { challenge: toBytes(challenge), rpId: host, userVerification: "required" } })
    const { authenticatorData, signature, userHandle } = made.response
    return { made, response: { authenticatorData: toText(authenticatorData), signature: toText(signature), userHandle: userHandle && toText(userHandle) } }
  }

  const answer = async (form) => {
    const { made, response } = await (form.dataset.passkey === "make" ? make : use)(form)
    response.clientDataJSON = toText(made.response.clientDataJSON)
    return JSON.stringify({ id: made.id, rawId: toText(made.rawId), type: made.type, response, clientExtensionResults: {} })
  }

  // A question is good for five minutes; a page may have stood open for longer.
  const refresh = async (form) => {
    if (Date.now() - form.asked < LASTS) return
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html")
    const twin = page.querySelector(`[data-passkey="${form.dataset.passkey}"]`)
    if (twin) form.dataset.challenge = twin.dataset.challenge
    form.asked = Date.now()
  }

  const prepare = (form) => {
    form.asked = Date.now()
    form.hidden = false
    document.querySelector("[data-without-passkeys]")?.remove()
    form.addEventListener("submit", async (event) => {
      if (form.elements.answer.value) return
      event.preventDefault()
      const failed = form.querySelector("[data-failed]")
      failed.hidden = true
      try {
        await refresh(form)
        form.elements.answer.value = await answer(form)
        form.requestSubmit()
      } catch {
        failed.hidden = false
      }
    })
  }

  const prepareAll = () => document.querySelectorAll("[data-passkey]").forEach(prepare)
  if (window.PublicKeyCredential) {
    prepareAll()
    document.addEventListener("sapa:locked", prepareAll)
    addEventListener("pageshow", (event) => {
      if (event.persisted) document.querySelectorAll("[data-passkey]").forEach((form) => { form.elements.answer.value = "" })
    })
  }
}
