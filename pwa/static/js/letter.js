// A letter: its label as the server reads it, and what is told, closed to this office.
{
  const siteOf = () => {
    const { office, salt, rounds, language } = document.querySelector("[data-office]").dataset
    const [id, key] = office.split(".")
    return { office: { id: sapa.bytes(id), key: sapa.bytes(key) }, salt: sapa.bytes(salt), rounds: Number(rounds), language }
  }

  // The lines of the label, in the order envelope.py reads them.
  const letter = async (site, kind, lookup, told) => {
    const id = newId()
    const kecamatan = /^\d\d\.\d\d\.\d\d/.exec(told.area ?? "")?.[0] ?? "-"
    const written = Math.floor(Date.now() / 1000)
    const label = ["saling-sapa/1", id, kind, sapa.hex(lookup), kecamatan, site.language, told.danger === "yes" ? "ya" : "tidak", written, 1]
    return { id, lookup: sapa.hex(lookup), at: Date.now(), bytes: await sapa.seal(site.office, label, told) }
  }

  const newId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    bytes[6] = (bytes[6] & 15) | 64
    bytes[8] = (bytes[8] & 63) | 128
    return sapa.hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
  }

  Object.assign(sapa, { siteOf, letter })
}
