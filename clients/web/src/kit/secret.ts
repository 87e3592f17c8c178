// A secret that this browser makes and the hub never sees: only its SHA-256 travels.

export async function newSecret(prefix = ''): Promise<{ secret: string; hash: string }> {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const secret = prefix + hex(bytes);
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret));
  return { secret, hash: hex(new Uint8Array(hash)) };
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
