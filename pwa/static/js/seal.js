// Closes a letter to the office's key: HPKE base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (RFC 9180).
{
  const utf8 = (text) => new TextEncoder().encode(text)
  const join = (...parts) => {
    const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }

  const subtle = globalThis.crypto?.subtle
  const KEM = join(utf8("KEM"), [0, 16])
  const SUITE = join(utf8("HPKE"), [0, 16, 0, 1, 0, 2])
  const P256 = { name: "ECDH", namedCurve: "P-256" }
  const VERSION = 1
  const BLOCK = 512
  const FILE_BLOCK = 4096

  const hmac = async (key, data) => {
    const imported = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
    return new Uint8Array(await subtle.sign("HMAC", imported, data))
  }

  const extract = (suite, salt, label, secret) => hmac(salt, join(utf8("HPKE-v1"), suite, utf8(label), secret))

  // One HMAC block is enough: nothing here is longer than 32 bytes.
  const expand = async (suite, key, label, info, size) =>
    (await hmac(key, join([0, size], utf8("HPKE-v1"), suite, utf8(label), info, [1]))).slice(0, size)

  const NO_SALT = new Uint8Array(32) // WebCrypto refuses an empty HMAC key; zeros mean the same

  const encapsulate = async (recipient, mine) => {
    const theirs = await subtle.importKey("raw", recipient, P256, false, [])
    const ephemeral = mine ?? (await subtle.generateKey(P256, false, ["deriveBits"]))
    const enc = new Uint8Array(await subtle.exportKey("raw", ephemeral.publicKey))
    const shared = new Uint8Array(await subtle.deriveBits({ name: "ECDH", public: theirs }, ephemeral.privateKey, 256))
    const prk = await extract(KEM, NO_SALT, "eae_prk", shared)
    return { enc, secret: await expand(KEM, prk, "shared_secret", join(enc, recipient), 32) }
  }

  // `mine` is only given by the published test vector; otherwise the key is made here and forgotten.
  sapa.hpke = async (recipient, info, plain, mine) => {
    const { enc, secret } = await encapsulate(recipient, mine)
    const context = join([0], await extract(SUITE, NO_SALT, "psk_id_hash", []), await extract(SUITE, NO_SALT, "info_hash", info))
    const prk = await extract(SUITE, secret, "secret", [])
    const key = await subtle.importKey("raw", await expand(SUITE, prk, "key", context, 32), "AES-GCM", false, ["encrypt"])
    const iv = await expand(SUITE, prk, "base_nonce", context, 12)
    const closed = new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv }, key, plain))
    return { enc, closed }
  }

  const padded = (plain, block) => {
    const box = new Uint8Array(Math.ceil((plain.length + 4) / block) * block)
    new DataView(box.buffer).setUint32(0, plain.length)
    box.set(plain, 4)
    return box
  }

  // The label travels in the clear and is bound in: the same lines as in envelope.py, in the same order.
  // What is told are answers, or the bytes of a file.
  sapa.seal = async (office, label, told) => {
    const plain = told instanceof Uint8Array ? padded(told, FILE_BLOCK) : padded(utf8(JSON.stringify(told)), BLOCK)
    const lines = utf8(label.join("\n"))
    const { enc, closed } = await sapa.hpke(office.key, lines, plain)
    return join([lines.length >> 8, lines.length & 255], lines, [VERSION], office.id, enc, closed)
  }

  sapa.canSeal = Boolean(subtle && globalThis.TextEncoder)
  sapa.bytes = (hex) => new Uint8Array((hex.match(/../g) ?? []).map((pair) => parseInt(pair, 16)))
  sapa.hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  sapa.hmac = hmac
  sapa.utf8 = utf8
}
