/** Requests to an inspector with any header, as no browser sends them, and the session that a browser gets. */

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';

/** A request. `path` is the target as it is sent. */
export interface RawRequest {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A response that was read to its end. */
export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** Sends a request to the host of a URL. */
export async function send(url: string, { path, method = 'GET', headers = {}, body }: RawRequest): Promise<RawResponse> {
  const response = await open(url, { path, method, headers, body });
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode!, headers: response.headers, text };
}

/** Sends a request, and resolves when the headers of the response are there. */
export async function open(url: string, { path, method = 'GET', headers = {}, body }: RawRequest): Promise<IncomingMessage> {
  const { hostname, port } = new URL(url);
  const sent = request({ hostname, port, path, method, headers: { host: `${hostname}:${port}`, ...headers } });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.on('error', () => undefined); // the inspector ends its connections at the end of a test
  return response;
}

/** The cookie and the folder that a browser gets for the address with the token. */
export async function enter(url: string): Promise<{ readonly base: string; readonly cookie: string }> {
  const { pathname, search } = new URL(url);
  const { headers } = await send(url, { path: `${pathname}${search}` });
  return { base: headers.location!, cookie: headers['set-cookie']![0]!.split(';')[0]! };
}
