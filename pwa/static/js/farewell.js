/* Served in the worker's place when a worker has gone wrong: whatever a phone holds of it takes itself away.
   It empties this site's caches and unregisters; sealed letters that wait to be sent stay. */

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
