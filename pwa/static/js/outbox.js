// What waits to be sent: sealed letters in eight slots that always look the same, full or empty.
//
// A slot holds 16 KiB: random bytes, or a part of a letter closed once more under a key that only this browser can use.
// Nobody who copies the slots can count the letters; nobody at all, not even this phone, can open one.
// Read by pages and by the worker alike; sent by one of them at a time.
self.outbox = (() => {
  const DATABASE = "k"
  const SLOTS = 8
  const SLOT = 16 * 1024
  const IV = 12
  const TAG = 16
  const ROOM = SLOT - IV - TAG
  const HEAD = 2
  const SILENT = 30_000
  const SOON = 2_000
  const LATER = new Set([408, 425, 429])

  class Full extends Error {}

  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => { resolve(request.result) }
    request.onerror = () => { reject(request.error) }
  })

  const committed = (change) => new Promise((resolve, reject) => {
    change.oncomplete = () => { resolve() }
    change.onabort = change.onerror = () => { reject(change.error ?? new Error("not kept")) }
  })

  const filler = () => crypto.getRandomValues(new Uint8Array(SLOT))

  const connect = (prepare) => {
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => { prepare(request) }
    return done(request)
  }

  const create = ({ result }) => {
    result.createObjectStore("slots")
    result.createObjectStore("facts")
  }

  // A guest's phone has no database of ours, and looking for one must not leave one behind.
  const open = () => connect(({ transaction }) => { transaction.abort() })

  const using = async (work) => {
    const database = await open()
    try {
      return await work(database)
    } finally {
      database.close()
    }
  }

  const fact = (name) => using((database) => done(database.transaction("facts").objectStore("facts").get(name)))

  const note = (name, value) => using(async (database) => {
    const change = database.transaction("facts", "readwrite")
    change.objectStore("facts").put(value, name)
    await committed(change)
  })

  // The one write that must survive a flat battery.
  const write = (filled) => using(async (database) => {
    const change = database.transaction("slots", "readwrite", { durability: "strict" })
    for (const [slot, content] of filled) change.objectStore("slots").put(content, slot)
    await committed(change)
  })

  // Sets up what an own phone has from the first day on. Throws when this browser can keep nothing.
  const begin = async (language) => {
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
    const database = await connect(create)
    try {
      const change = database.transaction(["slots", "facts"], "readwrite", { durability: "strict" })
      const facts = change.objectStore("facts")
      if (!(await done(facts.get("key")))) {
        facts.put(key, "key")
        for (let slot = 0; slot < SLOTS; slot++) change.objectStore("slots").put(filler(), slot)
      }
      facts.put(language, "language")
      await committed(change)
    } finally {
      database.close()
    }
  }

  const join = (...parts) => {
    const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }

  const sized = (bytes) => join([bytes.length >> 8, bytes.length & 255], bytes)

  // One part: what it belongs to, then its bytes, then noise up to the full size.
  const closed = async (key, head, bytes) => {
    const plain = filler().subarray(0, ROOM)
    plain.set(join(sized(new TextEncoder().encode(JSON.stringify(head))), sized(bytes)))
    const iv = crypto.getRandomValues(new Uint8Array(IV))
    return join(iv, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain)))
  }

  const opened = async (key, slot, content) => {
    try {
      const plain = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: content.subarray(0, IV) }, key, content.subarray(IV)))
      const after = HEAD + (plain[0] << 8 | plain[1])
      const size = plain[after] << 8 | plain[after + 1]
      return { slot, ...JSON.parse(new TextDecoder().decode(plain.subarray(HEAD, after))), bytes: plain.slice(after + HEAD, after + HEAD + size) }
    } catch {
      return null // noise, as it should be
    }
  }

  const read = async () => {
    const [key, contents] = await using((database) => {
      const look = database.transaction(["slots", "facts"])
      return Promise.all([done(look.objectStore("facts").get("key")), done(look.objectStore("slots").getAll())])
    })
    const parts = (await Promise.all(contents.map((content, slot) => opened(key, slot, content)))).filter(Boolean)
    const used = new Set(parts.map(({ slot }) => slot))
    return { key, parts, empty: contents.map((_, slot) => slot).filter((slot) => !used.has(slot)) }
  }

  // Every letter that waits, oldest first: {id, lookup, to, owner, at, bytes, slots}.
  const waiting = async () => {
    const letters = new Map()
    for (const { slot, bytes, part, ...head } of (await read()).parts) {
      const letter = letters.get(head.id) ?? { ...head, pieces: [], slots: [] }
      letter.pieces[part] = bytes
      letter.slots.push(slot)
      letters.set(head.id, letter)
    }
    return [...letters.values()]
      .filter(({ pieces, parts }) => Object.keys(pieces).length === parts)
      .map(({ pieces, ...letter }) => ({ ...letter, bytes: join(...pieces) }))
      .sort((one, other) => one.at - other.at)
  }

  const shuffled = (slots) => {
    const order = crypto.getRandomValues(new Uint32Array(SLOTS))
    return [...slots].sort((one, other) => order[one] - order[other])
  }

  // Kept when this returns. Throws `Full` when there is no room, or whatever the browser throws when it keeps nothing.
  const keep = (letter) => navigator.locks.request("k-slots", async () => {
    const { key, parts, empty } = await read()
    if (parts.some(({ id }) => id === letter.id)) return
    const { id, lookup, bytes, to = "/kirim", owner = "" } = letter
    const head = { id, lookup, to, owner, at: Date.now() }
    const size = ROOM - 2 * HEAD - JSON.stringify({ ...head, part: 0, parts: 0 }).length - 8
    const count = Math.max(1, Math.ceil(bytes.length / size))
    const slots = shuffled(empty).slice(0, count)
    if (slots.length < count) throw new Full("no room")
    const filled = slots.map(async (slot, part) =>
      [slot, await closed(key, { ...head, part, parts: count }, bytes.subarray(part * size, (part + 1) * size))])
    await write(await Promise.all(filled))
  })

  const drop = (id) => navigator.locks.request("k-slots", async () => {
    const { parts } = await read()
    await write(parts.filter((part) => part.id === id).map(({ slot }) => [slot, filler()]))
  })

  const asked = async (url, options) => {
    const stop = new AbortController()
    const timer = setTimeout(() => { stop.abort() }, SILENT)
    try {
      return await fetch(url, { mode: "same-origin", redirect: "error", cache: "no-store", signal: stop.signal, ...options })
    } finally {
      clearTimeout(timer)
    }
  }

  // Who is signed in here, and the token of just this session; what one person sealed is never sent as another's.
  const whoIsHere = async () => {
    const answer = await asked("/sesi")
    const { owner, token } = answer.ok ? await answer.json() : {}
    return { owner: owner ?? "", token: token ?? "" }
  }

  // Only our own receipt is a receipt: a sign-in page of some network answers 200 as well.
  const isReceipt = async (answer, id) => answer.ok && (await answer.json().catch(() => ({}))).receipt === id

  const send = async ({ id, to, owner, at, bytes }) => {
    const headers = { "Content-Type": "application/octet-stream", "X-Waited": String(Math.max(0, Math.round((Date.now() - at) / 1000))) }
    if (owner) {
      const here = await whoIsHere()
      if (here.owner !== owner) return "another"
      headers["X-CSRFToken"] = here.token
    }
    const answer = await asked(to, { method: "POST", headers, body: bytes })
    if (await isReceipt(answer, id)) return "sent"
    if (answer.status === 401 || answer.status === 403) return "another"
    return answer.status >= 400 && answer.status < 500 && !LATER.has(answer.status) ? "refused" : "later"
  }

  // What became of each letter in the last round, for the page that shows it; nothing of this is written down.
  const outcomes = new Map()
  const news = new BroadcastChannel("k-waiting") // for the pages that show it, whoever did the sending

  // Also what is kept while the round runs.
  const round = async () => {
    const tried = new Set()
    for (;;) {
      const letter = (await waiting()).find(({ id }) => !tried.has(id))
      if (!letter) break
      tried.add(letter.id)
      const outcome = await send(letter).catch(() => "later")
      outcomes.set(letter.id, outcome)
      if (outcome === "sent") await drop(letter.id)
      news.postMessage([letter.id, outcome])
      if (outcome === "later") break // no signal: the others would wait in vain too
    }
    return (await waiting()).length
  }

  let again = null

  const askAgain = () => {
    again ??= setTimeout(() => {
      again = null
      flush().catch(() => {})
    }, SOON)
  }

  // Sends what can be sent, oldest first; how many still wait. Whoever else is already sending has the turn, and is asked again
  // a moment later. Never in a queue: a page that sleeps behind Back would be given the turn and keep it.
  const flush = () => navigator.locks.request("k-send", { ifAvailable: true }, async (turn) => {
    if (turn) return round()
    askAgain()
    return (await waiting()).length
  })

  const destroy = async () => { await done(indexedDB.deleteDatabase(DATABASE)) }

  return {
    Full, begin, keep, drop, waiting, flush, send, whoIsHere, destroy, outcomes,
    line: () => fact("line"), // the address this phone is called at, as the server was told it last
    hold: (line) => note("line", line),
    later: () => fact("later"),
    putOff: (until) => note("later", until),
    owner: () => fact("owner"),
    belongsTo: (owner) => note("owner", owner),
    isAtWork: () => fact("at work"),
    goToWork: () => note("at work", true),
    activities: () => fact("activities"),
    plan: (activities) => note("activities", activities),
    language: () => fact("language"),
    speak: (language) => note("language", language),
  }
})()
