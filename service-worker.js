/* No page registers a worker yet. Whatever worker of ours a phone may still hold takes itself away:
   it empties this site's caches and unregisters. Nothing is fetched, kept or shown. */

const moveInAtOnce = () => self.skipWaiting()

const forgetCaches = async () => {
  for (const name of await caches.keys()) await caches.delete(name)
}

const takeLeave = async () => {
  await forgetCaches()
  await self.registration.unregister()
}

self.addEventListener("install", moveInAtOnce)
self.addEventListener("activate", (event) => event.waitUntil(takeLeave()))
