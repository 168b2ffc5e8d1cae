// A shop's own service worker that answers every GET from its cache, whatever the query says.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (method !== 'GET' || !new URL(url).pathname.startsWith('/api/payments/')) return;
  event.respondWith((async () => {
    const cache = await caches.open('shop');
    const known = await cache.match(event.request, { ignoreSearch: true });
    if (known) return known;
    const answer = await fetch(event.request);
    await cache.put(event.request, answer.clone());
    return answer;
  })());
});
