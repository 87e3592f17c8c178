// The HTTP door: queries, sign-in, and commands when no socket is open.
// Every failure is an ApiError that carries the hub's error shape; a network failure gets
// the code `hub.unreachable`, made here.

import type {
  AccountCard, AccountId, CommandRequest, Conversation, ErrorBody, EventPage, Hello, Me, Page, Receipt,
  RoomMember, SessionInfo, SignInRequest, SignInResponse, StreamId, UnitId, UnitNode,
} from './generated';

export class ApiError extends Error {
  constructor(readonly body: ErrorBody, readonly status: number) {
    super(`${body.code}: ${body.message}`);
    this.name = 'ApiError';
  }
}

/** Any thrown value as the hub's error shape. */
export function errorBodyOf(error: unknown): ErrorBody {
  if (error instanceof ApiError) return error.body;
  return { code: 'hub.internal', kind: 'internal', message: String(error) };
}

type Query = Record<string, string | number | undefined>;
type More = { headers?: Record<string, string>; signal?: AbortSignal };

export class Http {
  constructor(
    private readonly base = '',
    private readonly headers: Record<string, string> = {},
  ) {}

  private async answer(method: string, url: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, { method, credentials: 'same-origin', ...init });
    } catch (error) {
      throw new ApiError(
        { code: 'hub.unreachable', kind: 'unavailable', message: String(error), retry: 1000 }, 0,
      );
    }
  }

  /** The areas ask through it. A Blob goes as it is, anything else as JSON. */
  async call<T>(method: string, path: string, query: Query = {}, body?: unknown, more: More = {}): Promise<T> {
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined && value !== '') search.set(key, String(value));
    }
    const url = `${this.base}${path}${search.size > 0 ? `?${search.toString()}` : ''}`;
    const headers: Record<string, string> = { ...this.headers, Accept: 'application/json', ...more.headers };
    const raw = body instanceof Blob;
    if (body !== undefined) headers['Content-Type'] = raw ? 'application/octet-stream' : 'application/json';
    const response = await this.answer(method, url, {
      headers,
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
      ...(more.signal === undefined ? {} : { signal: more.signal }),
    });
    const text = await response.text();
    if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
    throw new ApiError(readError(text, response.status), response.status);
  }

  hello(): Promise<Hello> { return this.call('GET', '/v1/hello'); }
  me(): Promise<Me> { return this.call('GET', '/v1/me'); }
  sessions(): Promise<SessionInfo[]> { return this.call('GET', '/v1/sessions'); }
  units(): Promise<UnitNode[]> { return this.call('GET', '/v1/units'); }

  signIn(request: SignInRequest): Promise<SignInResponse> {
    return this.call('POST', '/v1/sign-in', {}, request);
  }

  signOut(): Promise<void> { return this.call('POST', '/v1/sign-out', {}, {}); }

  command(request: CommandRequest): Promise<Receipt> {
    return this.call('POST', '/v1/commands', {}, request);
  }

  people(q: string, unit?: UnitId, after?: string, limit = 50): Promise<Page<AccountCard>> {
    return this.call('GET', '/v1/people', { q, unit, after, limit });
  }

  /** By their ids: those whom the person sees or has met in a room. */
  async peopleOf(accounts: readonly AccountId[]): Promise<AccountCard[]> {
    const page = await this.call<Page<AccountCard>>('GET', '/v1/people', { accounts: accounts.join(',') });
    return page.items;
  }

  rooms(after?: string, limit = 100): Promise<Page<Conversation>> {
    return this.call('GET', '/v1/rooms', { after, limit });
  }

  roomMembers(room: StreamId, after?: string, limit = 200): Promise<Page<RoomMember>> {
    const id = room.slice(room.indexOf(':') + 1);
    return this.call('GET', `/v1/rooms/${id}/members`, { after, limit });
  }

  events(
    stream: StreamId, range: { before?: number; after?: number }, limit = 50,
  ): Promise<EventPage> {
    return this.call('GET', `/v1/streams/${stream}/events`, { ...range, limit });
  }
}

function readError(text: string, status: number): ErrorBody {
  try {
    const body = JSON.parse(text) as Partial<ErrorBody>;
    if (typeof body.code === 'string' && typeof body.kind === 'string') return body as ErrorBody;
  } catch {
    // Not ours: a proxy answered.
  }
  const kind = status === 401 ? 'unauthenticated' : status >= 500 ? 'unavailable' : 'invalid';
  return { code: `http.${status}`, kind, message: text.slice(0, 200) };
}
