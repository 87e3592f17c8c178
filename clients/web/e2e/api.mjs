// The hub's HTTP door, for what a journey needs to find done already.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { URL } from './people.mjs';

function uuid7() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Signs in beside the browser; answers a function that sends commands. */
export async function commander(account) {
  const { username } = account.card;
  const signed = await post('/v1/sign-in', { username, password: account.password });
  return (type, body, stream) => post('/v1/commands', {
    id: uuid7(), type, body, ...(stream ? { stream } : {}),
  }, signed.token);
}

async function post(path, body, token) {
  const response = await fetch(`${URL}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  assert.ok(response.ok, `${path}: ${JSON.stringify(answer)}`);
  return answer;
}

export async function makeGroup(owner, name, members) {
  const stream = `room:${uuid7()}`;
  await owner('room.create', { name, members: members.map((one) => one.card.account) }, stream);
  return stream;
}

/** One session may not send this fast: several write in turn, so that the order is known. */
export async function fill(stream, account, texts) {
  const PER_SESSION = 80;
  for (let at = 0; at < texts.length; at += PER_SESSION) {
    const send = await commander(account);
    for (const text of texts.slice(at, at + PER_SESSION)) await send('room.send_message', { text }, stream);
  }
}

/** The six digits that an authenticator shows, `steps` from now (RFC 6238). */
export function totp(secret, steps = 0) {
  const bits = [...secret.replace(/=+$/, '')].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = mac[19] & 0x0f;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
