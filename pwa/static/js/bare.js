// A recording without what phones write into it: the same rules as in sounds.py, kept on the phone.
const refuse = (state) => { throw new sapa.Refused(state) }
const text = (bytes, from, to) => String.fromCharCode(...bytes.subarray(from, to))

// MP4: overwritten in place, so that everything stays where the file's own tables say it is.
const emptied = (bytes, at = 0, end = bytes.length, depth = 0) => {
  const view = new DataView(bytes.buffer)
  while (at < end) {
    const size = view.getUint32(at)
    const kind = text(bytes, at + 4, at + 8)
    const inside = at + (size === 1 ? 16 : 8)
    const after = size === 1 ? at + Number(view.getBigUint64(at + 8)) : size ? at + size : end
    if (inside > after || after > end || depth > 4) refuse("broken")
    if (/moov|trak|mdia|moof|traf/.test(kind)) emptied(bytes, inside, after, depth + 1)
    else if (/udta|meta|uuid|free|skip/.test(kind)) {
      bytes.set(sapa.utf8("free"), at + 4)
      bytes.fill(0, inside, after)
    } else if (/mvhd|tkhd|mdhd/.test(kind) && after - inside >= 20) bytes.fill(0, inside + 4, inside + (bytes[inside] === 1 ? 20 : 12))
    else if (kind === "hdlr" && text(bytes, inside + 8, inside + 12) === "vide") refuse("kind")
    at = after
  }
  return bytes
}

const withoutTags = (bytes) => {
  let at = 0
  while (text(bytes, at, at + 3) === "ID3") at += 10 + bytes.subarray(at + 6, at + 10).reduce((size, byte) => (size << 7) | (byte & 127), 0)
  if (bytes[at] !== 255 || bytes[at + 1] < 0xe0) refuse("broken")
  return bytes.slice(at, text(bytes, bytes.length - 128, bytes.length - 125) === "TAG" ? -128 : bytes.length)
}

const onlyTheSound = (bytes) => {
  const view = new DataView(bytes.buffer)
  let to = 12
  for (let at = 12, after; at + 8 <= bytes.length; at = after) {
    after = at + 8 + view.getUint32(at + 4, true)
    after += after % 2
    if (!/fmt |data/.test(text(bytes, at, at + 4))) continue
    bytes.copyWithin(to, at, after)
    to += Math.min(after, bytes.length) - at
  }
  if (to === 12) refuse("broken")
  view.setUint32(4, to - 8, true)
  return bytes.slice(0, to)
}

const made = (bytes) => {
  const head = text(bytes, 0, 4096)
  if (head.slice(4, 8) === "ftyp") return emptied(bytes)
  if (/^(ID3|\xff[\xe2\xe3\xea\xeb\xf2\xf3\xfa\xfb])/.test(head)) return withoutTags(bytes)
  if (/^RIFF.{4}WAVE/s.test(head)) return onlyTheSound(bytes)
  if (/^(\x1aE\xdf\xa3(?!.*\x86[\x80-\xff]V_)|OggS.{24}(OpusHead|\x01vorbis)|#!AMR|\xff[\xf0\xf1\xf8\xf9])/s.test(head)) return bytes
  return refuse("kind")
}

export const bare = (bytes) => {
  try { return made(bytes) } catch (error) { throw error instanceof RangeError ? new sapa.Refused("broken") : error } // it ends too early
}
