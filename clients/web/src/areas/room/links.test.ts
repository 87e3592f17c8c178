import { describe, expect, it } from 'vitest';
import type { Http } from '../../wire/http';
import { Links, linkIn } from './links';

describe('links', () => {
  it('finds the first address of a text, without what stands around it', () => {
    expect(linkIn('见 https://hall.example/a?b=1#c，谢谢')).toBe('https://hall.example/a?b=1#c');
    expect(linkIn('(http://hall.example/a). And https://b.example')).toBe('http://hall.example/a');
    expect(linkIn('hall.example')).toBeNull();
    expect(linkIn('')).toBeNull();
  });

  it('asks once for an address, and offers nothing where none can be read', async () => {
    const asked: unknown[] = [];
    const http = {
      call: (_: string, __: string, query: { url: string }) => {
        asked.push(query.url);
        return query.url.endsWith('bad') ? Promise.reject(new Error('no')) : Promise.resolve({ url: query.url, title: '题', summary: '' });
      },
    } as unknown as Http;
    const links = new Links(http);
    expect((await links.card('https://a'))?.title).toBe('题');
    expect((await links.card('https://a'))?.title).toBe('题');
    expect(await links.card('https://bad')).toBeNull();
    expect(asked).toEqual(['https://a', 'https://bad']);
  });
});
