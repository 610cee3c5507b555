/** The answers of the inspector by path: the fleet as events, questions as JSON, calls as lines of JSON. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { EventStream } from './event-stream';
import { readPageCall } from './page-call';
import { BadRequest, readJson } from './request-body';
import type { InspectorSource } from './source';

/** Most pages that are sent events, most calls that run, and most steps of a call that are shown. */
const MOST_STREAMS = 16;
const MOST_CALLS = 16;
const MOST_STEPS = 1_000;

/** A request that was admitted. */
export interface AdmittedRequest {
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers one kind of request. */
type PageRoute = (admitted: AdmittedRequest) => void | Promise<void>;

/** Makes the routes, by method and path below the folder of the page. */
export function createRoutes(source: InspectorSource): ReadonlyMap<string, PageRoute> {
  let streams = 0;
  let calls = 0;

  /** Opens a stream of events, and ends its subscription when the page is closed. */
  const stream = (
    { response }: AdmittedRequest,
    begin: (events: EventStream) => void,
    listen: (e: EventStream) => () => void,
  ) => {
    if (streams >= MOST_STREAMS) throw new BadRequest(503, `${MOST_STREAMS} pages are open; close one`);
    streams++;
    const end = listen(new EventStream(response, begin));
    response.on('close', () => {
      streams--;
      end();
    });
  };

  const question = (ask: (endpoint: string) => Promise<unknown>): PageRoute => {
    return async ({ url, response }) => sendJson(response, await ask(url.searchParams.get('endpoint') ?? ''));
  };

  const call: PageRoute = async ({ request, response }) => {
    if (source.call === undefined) throw new BadRequest(403, 'this inspector was started with --read-only');
    const asked = readPageCall(await readJson(request));
    if (calls >= MOST_CALLS) throw new BadRequest(503, `${MOST_CALLS} calls are running; wait for one`);
    calls++;
    const ended = new AbortController();
    response.on('close', () => ended.abort());
    const write = async (step: unknown) => {
      const isFull = !response.write(`${JSON.stringify(step)}\n`);
      if (isFull && !response.destroyed) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
    };
    let steps = 0;
    try {
      for await (const step of source.call(asked, ended.signal)) {
        if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        await write(step);
        if (ended.signal.aborted) return;
        if (++steps < MOST_STEPS) continue;
        await write({ kind: 'note', text: `the call was ended after ${MOST_STEPS} items` });
        break;
      }
      response.end();
    } finally {
      calls--;
    }
  };

  return new Map<string, PageRoute>([
    [
      'GET facts',
      ({ response }) =>
        sendJson(response, { ...source.facts(), canCall: source.call !== undefined, canWatch: source.watch !== undefined }),
    ],
    [
      'GET events',
      (admitted) => {
        const whole = () => ({ isWhole: true, set: source.servers(), left: [] });
        stream(
          admitted,
          (events) => events.send('fleet', whole()),
          (events) => source.onChange((change) => events.send('fleet', change)),
        );
      },
    ],
    [
      'GET watch',
      (admitted) => {
        const { watch } = source;
        if (watch === undefined) throw new BadRequest(404, 'this inspector does not observe calls');
        stream(
          admitted,
          (events) => events.send('begin', {}),
          (events) =>
            watch(admitted.url.searchParams.get('endpoint') ?? '', {
              onCall: (call) => events.send('call', call),
              onNote: (note) => events.send('note', note),
            }),
        );
      },
    ],
    ['GET contract', question((endpoint) => source.contract(endpoint))],
    ['GET methods', question((endpoint) => source.methods(endpoint))],
    ['GET callers', question((endpoint) => source.callers(endpoint))],
    ['GET matrix', question((endpoint) => source.matrix(endpoint))],
    [
      'POST judge',
      async ({ request, response }) => sendJson(response, await source.judge(readPageCall(await readJson(request)))),
    ],
    ['POST call', call],
  ]);
}

/** Sends a value as JSON. */
export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));
}
