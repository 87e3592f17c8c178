// What this browser keeps for the workbench, and clearing it. What has not been sent yet stays.

/** Messages and uploads that have not reached the hub, the device's own number, and choices. */
const KEPT = /unsent|upload|device|prefs/u;

/** Bytes: what the browser says it holds, and the texts that it does not count. */
export async function usage(): Promise<number> {
  const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
  let texts = 0;
  for (const store of [localStorage, sessionStorage]) {
    for (let at = 0; at < store.length; at += 1) {
      const key = store.key(at)!;
      texts += 2 * (key.length + (store.getItem(key)?.length ?? 0));
    }
  }
  return (estimate?.usage ?? 0) + texts;
}

/** Answers how many bytes went. */
export async function clearCache(): Promise<number> {
  const before = await usage();
  for (const name of await caches.keys()) await caches.delete(name);
  for (const { name } of await indexedDB.databases?.() ?? []) if (name !== undefined) indexedDB.deleteDatabase(name);
  for (const store of [localStorage, sessionStorage]) {
    const keys = Array.from({ length: store.length }, (_, at) => store.key(at)!);
    for (const key of keys) if (!KEPT.test(key)) store.removeItem(key);
  }
  // The program's own files are fetched again, so that the page opens without network.
  const worker = await navigator.serviceWorker?.getRegistration();
  await worker?.unregister();
  return Math.max(0, before - await usage());
}

export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KB', 'MB', 'GB'];
  let size = bytes / 1024;
  let at = 0;
  while (size >= 1024 && at < units.length - 1) {
    size /= 1024;
    at += 1;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[at]}`;
}
