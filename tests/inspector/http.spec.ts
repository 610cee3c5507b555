/** The HTTP server of the inspector: requests with the token from its own page are answered, and no others. */
import { once } from 'node:events';
import { type RunningInspector, startInspector } from '@concord-rpc/inspector';
import { FakeSource, shownServer } from './fake-source';
import { enter, open, send } from './raw-http';

let source: FakeSource;
let inspector: RunningInspector;
let base: string;
let cookie: string;
beforeAll(async () => {
  source = new FakeSource();
  inspector = await startInspector(source);
  ({ base, cookie } = await enter(inspector.url));
});
afterAll(() => inspector.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const own = () => `http://127.0.0.1:${new URL(inspector.url).port}`;
const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  send(inspector.url, { path: `${base}${path}`, headers: { cookie, ...headers } });
const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  send(inspector.url, {
    ...{ path: `${base}${path}`, method: 'POST' },
    ...{ headers: { cookie, ...JSON_TYPE, ...headers }, body: JSON.stringify(body) },
  });

test('the address has a token, and its answer a cookie that only the folder of the page gets', async () => {
  const { hostname, pathname, search } = new URL(inspector.url);
  expect(hostname).toBe('127.0.0.1');
  expect(search).toMatch(/^\?token=[\w-]{43}$/);
  const { status, headers, text } = await send(inspector.url, { path: `${pathname}${search}` });
  expect([status, text]).toEqual([303, '']);
  expect(headers.location).toMatch(/^\/[\w-]{16}\/$/);
  expect(headers['set-cookie']).toEqual([
    expect.stringMatching(/^concord_inspector=[\w-]{43}; Path=\/[\w-]{16}\/; HttpOnly; SameSite=Strict$/),
  ]);
  expect(headers['set-cookie']![0]).not.toContain(search.slice('?token='.length));
});

test('the page has no secret, and a policy that runs no other script', async () => {
  const { status, headers, text } = await get('');
  const token = new URL(inspector.url).searchParams.get('token')!;
  expect(status).toBe(200);
  expect(text).toContain('<script type="module" src="page.js"></script>');
  for (const secret of [token, cookie.slice('concord_inspector='.length), base]) expect(text).not.toContain(secret);
  expect(text).not.toMatch(/<script>|style=|onclick/i);
  expect(headers).toMatchObject({
    'content-security-policy': expect.stringMatching(/^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/),
    'cache-control': 'no-store',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
});

test.each<[string, number, () => Parameters<typeof send>[1]]>([
  ['no token', 401, () => ({ path: '/' })],
  ['an empty token', 401, () => ({ path: '/?token=' })],
  ['a wrong token', 401, () => ({ path: `/?token=${'x'.repeat(43)}` })],
  ['the token by POST', 401, () => ({ path: `/${new URL(inspector.url).search}`, method: 'POST' })],
  ['the folder without a cookie', 401, () => ({ path: base })],
  ['a file without a cookie', 401, () => ({ path: `${base}page.js` })],
  ['a wrong cookie', 401, () => ({ path: base, headers: { cookie: `concord_inspector=${'x'.repeat(43)}` } })],
  [
    'the token as the cookie',
    401,
    () => ({ path: base, headers: { cookie: `concord_inspector=${new URL(inspector.url).search.slice(7)}` } }),
  ],
  ['a host that is not this machine', 403, () => ({ path: base, headers: { cookie, host: 'rebound.example' } })],
  ['another port of this machine', 403, () => ({ path: base, headers: { cookie, host: '127.0.0.1:1' } })],
  [
    'the token for another host',
    403,
    () => ({ path: `/${new URL(inspector.url).search}`, headers: { host: 'rebound.example' } }),
  ],
  ['a page of another origin', 403, () => ({ path: `${base}facts`, headers: { cookie, origin: 'https://other.example' } })],
  ['a page without origin', 403, () => ({ path: `${base}facts`, headers: { cookie, origin: 'null' } })],
  ['a page of another port', 403, () => ({ path: `${base}facts`, headers: { cookie, origin: 'http://127.0.0.1:1' } })],
  ['a picture in another site', 403, () => ({ path: `${base}facts`, headers: { cookie, 'sec-fetch-site': 'cross-site' } })],
  ['a path outside the folder', 404, () => ({ path: '/page.js', headers: { cookie } })],
  ['a path above the folder', 404, () => ({ path: `${base}../package.json`, headers: { cookie } })],
  ['a path that is none', 404, () => ({ path: `${base}nothing`, headers: { cookie } })],
  ['the wrong method', 404, () => ({ path: `${base}facts`, method: 'DELETE', headers: { cookie } })],
])('%s is refused with %d', async (_, status, request) => {
  const before = source.asked.length;
  const answer = await send(inspector.url, request());
  expect([answer.status, Object.keys(JSON.parse(answer.text))]).toEqual([status, ['error']]);
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(source.asked.length).toBe(before);
});

test('localhost and the own origin are its names, too', async () => {
  const { port } = new URL(inspector.url);
  const all: readonly Readonly<Record<string, string>>[] = [
    { host: `localhost:${port}` },
    { origin: own(), 'sec-fetch-site': 'same-origin' },
  ];
  for (const headers of all) {
    expect((await get('facts', headers)).status).toBe(200);
  }
});

test('files, questions and failures are answered', async () => {
  expect((await get('page.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
  expect((await get('page.css')).headers['content-type']).toBe('text/css; charset=utf-8');
  expect(JSON.parse((await get('facts')).text)).toEqual({ ...source.facts(), canCall: true, canWatch: true });
  expect(JSON.parse((await get('callers?endpoint=Ports@1')).text)).toEqual(await source.callers());
  const failed = await get('contract?endpoint=Other@1');
  expect([failed.status, JSON.parse(failed.text)]).toEqual([502, { error: 'no server serves Other@1', remedy: 'start one' }]);
});

test('a call is sent as it was asked, and its steps come as lines', async () => {
  source.steps = [
    { kind: 'item', value: '<script>' },
    { kind: 'result', milliseconds: 1 },
  ];
  const asked = { endpoint: 'Ports@1', method: 'find', args: { host: 'node-1' }, to: 'ports-1', timeout: 500 };
  const { status, headers, text } = await post('call', asked);
  expect([status, headers['content-type']]).toEqual([200, 'application/x-ndjson']);
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(source.steps);
  expect(source.asked.at(-1)).toEqual(asked);
  expect(JSON.parse((await post('judge', asked)).text)).toMatchObject({ needs: '1.2', servers: ['ports-1'] });
});

test('a stream without end is ended after 1000 items', async () => {
  source.steps = Array.from({ length: 5_000 }, (_, value) => ({ kind: 'item', value }) as const);
  const lines = (await post('call', { endpoint: 'Ports@1', method: 'find' })).text.trim().split('\n');
  expect(lines.length).toBe(1_001);
  expect(JSON.parse(lines.at(-1)!)).toEqual({ kind: 'note', text: 'the call was ended after 1000 items' });
});

test.each<[string, number, unknown, Readonly<Record<string, string>>]>([
  ['another type', 415, {}, { 'content-type': 'text/plain' }],
  ['a list', 400, [], {}],
  ['no method', 400, { endpoint: 'Ports@1' }, {}],
  ['arguments by position', 400, { endpoint: 'Ports@1', method: 'find', args: ['a'] }, {}],
  ['a timeout of 0', 400, { endpoint: 'Ports@1', method: 'find', timeout: 0 }, {}],
  ['more than 1 MiB', 413, { endpoint: 'Ports@1', method: 'find', args: { host: 'x'.repeat(1_100_000) } }, {}],
])('a call with %s is refused with %d', async (_, status, body, headers) => {
  const before = source.asked.length;
  expect((await post('call', body, headers)).status).toBe(status);
  expect(source.asked.length).toBe(before);
});

test('with --read-only no call is sent, but it can be judged', async () => {
  const reading = new FakeSource({ canCall: false });
  const other = await startInspector(reading);
  const session = await enter(other.url);
  const request = {
    method: 'POST',
    headers: { cookie: session.cookie, ...JSON_TYPE },
    body: '{"endpoint":"Ports@1","method":"find"}',
  };
  const called = await send(other.url, { path: `${session.base}call`, ...request });
  expect([called.status, called.text]).toEqual([403, expect.stringContaining('--read-only')]);
  expect((await send(other.url, { path: `${session.base}judge`, ...request })).status).toBe(200);
  await other.close();
});

test('a port that is in use is an error', async () => {
  await expect(startInspector(source, { port: Number(new URL(inspector.url).port) })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});

describe('events', () => {
  const events = () => open(inspector.url, { path: `${base}events`, headers: { cookie } });
  const dataIn = (text: string) => [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!));

  test('begin with all servers, go on with changes, and end with the page', async () => {
    const stream = await events();
    let text = String((await once(stream, 'data'))[0]);
    for (const listener of source.listeners) listener({ set: [shownServer('ports-2', '1.1')], left: [] });
    text += String((await once(stream, 'data'))[0]);
    expect(dataIn(text)).toEqual([
      { isWhole: true, set: [shownServer('ports-1')], left: [] },
      { set: [shownServer('ports-2', '1.1')], left: [] },
    ]);
    expect(source.listeners.size).toBe(1);
    stream.destroy();
    while (source.listeners.size > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  test('a state larger than the buffer of the socket is sent once', async () => {
    source.known = Array.from({ length: 2_000 }, (_, index) => shownServer(`server-${index}`));
    const stream = await events();
    let text = '';
    stream.on('data', (chunk) => {
      text += chunk;
    });
    while (!text.endsWith('\n\n')) await once(stream, 'data');
    for (const listener of source.listeners) listener({ set: [], left: ['end'] });
    while (!text.includes('"end"')) await once(stream, 'data');
    expect(dataIn(text).map(({ isWhole, set }) => [isWhole, set.length])).toEqual([
      [true, 2_000],
      [undefined, 0],
    ]);
    stream.destroy();
  });

  test('a page that does not read gets the whole state later, and no memory is kept for it', async () => {
    source.known = Array.from({ length: 5_000 }, (_, index) =>
      shownServer(`server-${index}`, '1.0', { labels: { note: 'x'.repeat(200) } }),
    );
    const stream = await events();
    const change = { set: source.known, left: [] };
    for (let count = 0; count < 200; count++) for (const listener of source.listeners) listener(change);
    for (const listener of source.listeners) listener({ set: [], left: ['last'] });
    source.known = [shownServer('at the end')];
    let text = '';
    stream.on('data', (chunk) => {
      text += chunk;
    });
    while (!text.includes('at the end')) await once(stream, 'data');
    expect(dataIn(text).length).toBeLessThan(10);
    expect(dataIn(text).at(-1)).toEqual({ isWhole: true, set: source.known, left: [] });
    stream.destroy();
  });

  test('at most 16 pages are sent events; calls that pass are events, too', async () => {
    while (source.listeners.size > 0) await new Promise((resolve) => setImmediate(resolve));
    const all = await Promise.all(Array.from({ length: 16 }, events));
    expect((await get('events')).status).toBe(503);
    for (const stream of all) stream.destroy();
    while (source.listeners.size > 0) await new Promise((resolve) => setImmediate(resolve));
    const watched = await open(inspector.url, { path: `${base}watch?endpoint=Ports@1`, headers: { cookie } });
    let text = '';
    watched.on('data', (chunk) => {
      text += chunk;
    });
    while (!text.includes('find')) await once(watched, 'data');
    expect(text).toContain('event: note\ndata: "1 call left out."');
    expect(text).toContain('event: call\ndata: {"at":0,"endpoint":"Ports@1","method":"find","outcome":"ok"}');
    watched.destroy();
  });
});
