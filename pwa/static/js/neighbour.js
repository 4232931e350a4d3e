import { own } from "./own.js"
// "Help a neighbour" on a kader's phone: what is sealed waits under her mark, and she cannot open it again.
{
  const TO = "/kader/kirim"

  // Whoever signed in here last; a page that is kept for days cannot know it by itself.
  const ownerHere = async () => (await outbox.owner().catch(() => "")) || (await outbox.whoIsHere().catch(() => ({}))).owner

  const refusals = { refused: "refused", another: "nobody" }

  // For a browser that can keep nothing: straight to the office, and the page stays open until it is there.
  const post = async (letter) => {
    const outcome = letter.owner ? await outbox.send(letter).catch(() => "later") : "another"
    if (refusals[outcome]) throw new sapa.Refused(refusals[outcome])
    return outcome === "sent"
  }

  const keep = async (letter) => {
    Object.assign(letter, { to: TO, owner: await ownerHere() })
    try {
      if (!letter.owner) throw new TypeError("nobody's")
      await own.keep(letter)
      await showHers()
    } catch (error) {
      letter.post = post
      throw error
    }
  }

  const showHers = async () => {
    const owner = await ownerHere()
    const notice = document.getElementById("bukan-siapa")
    if (notice) notice.hidden = Boolean(owner)
    await own.showWaiting((letter) => letter.to === TO && letter.owner === owner)
  }

  sapa.own = Promise.resolve({ ...own, keep })
  document.addEventListener("sapa:shown", showHers)
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-print]")) print() })
  showHers()
}
