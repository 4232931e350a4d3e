// The twenty digits: made here, stretched here, and never sent.
{
  const subtle = globalThis.crypto?.subtle

  const remainder = (number) => {
    let product = 10
    for (const digit of number.slice(0, -1)) product = ((((product + Number(digit)) % 10) || 10) * 2) % 11
    return (product + Number(number.at(-1))) % 10
  }

  const withCheckDigit = (nineteen) => [..."0123456789"].map((digit) => nineteen + digit).find((number) => remainder(number) === 1)

  const randomDigit = () => {
    let byte
    do [byte] = crypto.getRandomValues(new Uint8Array(1)); while (byte >= 250)
    return byte % 10
  }

  sapa.newNumber = () => withCheckDigit([8 + (randomDigit() % 2), ...Array.from({ length: 18 }, randomDigit)].join(""))
  sapa.isNumber = (digits) => /^[89][0-9]{19}$/.test(digits) && remainder(digits) === 1
  sapa.grouped = (number) => number.match(/.{4}/g).join(" ")
  sapa.asOrderNumber = (number) => [number.slice(0, 3), number.slice(3, 10), number.slice(10, 17), number.slice(17)].join("-")

  // Slow on purpose, as on the server: look-up id and reply key, 32 bytes each.
  sapa.stretch = async (number, { salt, rounds }) => {
    const typed = await subtle.importKey("raw", sapa.utf8(number), "PBKDF2", false, ["deriveBits"])
    const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }
    const master = new Uint8Array(await subtle.deriveBits(how, typed, 256))
    const lookupId = await sapa.hmac(master, sapa.utf8("lookup"))
    const lookup = new Uint8Array(await subtle.digest("SHA-256", lookupId))
    return { lookupId, lookup, replyKey: await sapa.hmac(master, sapa.utf8("reply")) }
  }

  const aes = async (key, use) => subtle.importKey("raw", key, "AES-GCM", false, [use])
  const bound = (iv, id) => ({ name: "AES-GCM", iv, additionalData: new Uint8Array([...sapa.utf8("saling-sapa/answer"), ...sapa.bytes(id.replaceAll("-", ""))]) })

  sapa.openAnswer = async (key, id, box) => {
    const bytes = sapa.bytes(box)
    const plain = await subtle.decrypt(bound(bytes.slice(0, 12), id), await aes(key, "decrypt"), bytes.slice(12))
    return new TextDecoder().decode(plain)
  }

  sapa.closeAnswer = async (key, id, text) => {
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const closed = new Uint8Array(await subtle.encrypt(bound(iv, id), await aes(key, "encrypt"), sapa.utf8(text)))
    return sapa.hex([...iv, ...closed])
  }
}
