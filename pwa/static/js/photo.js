// A photo is drawn anew and small on the phone, so no place, time or name clings to it; then it is sealed and sent.
{
  const LONGEST_EDGE = 1600
  const LARGEST = 300_000
  const MOST_PIXELS = 50_000_000
  const QUALITIES = [0.8, 0.7, 0.6, 0.5, 0.4]
  const KINDS = /^(ffd8ff|89504e470d0a1a0a|52494646.{8}57454250)/

  const { Refused } = sapa
  const refuse = (state) => { throw new Refused(state) }

  // The header alone tells the size, so a picture made to fill the memory is never decoded.
  const looked = async (file) => {
    const start = sapa.hex(new Uint8Array(await file.slice(0, 12).arrayBuffer()))
    if (!KINDS.test(start)) refuse("kind")
    const picture = new Image()
    picture.src = URL.createObjectURL(file)
    await new Promise((resolve) => { picture.onload = picture.onerror = resolve })
    URL.revokeObjectURL(picture.src)
    if (!picture.naturalWidth) refuse("broken")
    if (picture.naturalWidth * picture.naturalHeight > MOST_PIXELS) refuse("pixels")
    return picture
  }

  // Beside the page where the browser can, so that "cancel" answers at once; upright in either way.
  const scaled = async (file, picture, width, height) => {
    const how = { imageOrientation: "from-image", resizeWidth: width, resizeHeight: height, resizeQuality: "medium" }
    const made = await (async () => createImageBitmap(file, how))().catch(() => null)
    return made?.width === width && made.height === height ? made : picture
  }

  const drawn = async (file, picture, edge) => {
    const { naturalWidth, naturalHeight } = picture
    const scale = Math.min(1, edge / Math.max(naturalWidth, naturalHeight))
    const canvas = document.createElement("canvas")
    canvas.width = Math.max(1, Math.round(naturalWidth * scale))
    canvas.height = Math.max(1, Math.round(naturalHeight * scale))
    const pen = canvas.getContext("2d")
    pen.fillStyle = "#fff"
    pen.fillRect(0, 0, canvas.width, canvas.height)
    pen.drawImage(await scaled(file, picture, canvas.width, canvas.height), 0, 0, canvas.width, canvas.height)
    return canvas
  }

  const small = async (file) => {
    const picture = await looked(file)
    for (let edge = LONGEST_EDGE; ; edge *= 0.75) {
      const canvas = await drawn(file, picture, edge).catch(() => refuse("broken"))
      for (const quality of QUALITIES) {
        const jpeg = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", quality) })
        if (!jpeg) refuse("broken")
        if (jpeg.size <= LARGEST) return new Uint8Array(await jpeg.arrayBuffer())
      }
    }
  }

  // Some browsers give back noise instead of what was drawn; then the server makes it small.
  const drawsTruly = () => {
    const pen = document.createElement("canvas").getContext("2d")
    pen.fillStyle = "#123456"
    pen.fillRect(0, 0, 1, 1)
    return sapa.hex(pen.getImageData(0, 0, 1, 1).data) === "123456ff"
  }

  sapa.sendPhoto = (form) => {
    const [file] = form.elements.photo.files
    if (!file) return sapa.say(form, "none")
    if (!drawsTruly()) return sapa.post("/kabar/foto", new FormData(form))
    return sapa.attach(form, "photo", () => small(file), async ({ id, bytes }, way) =>
      (await sapa.upload("POST", "/kirim/foto", {}, bytes, way)).receipt === id)
  }
}
