/** The HTTP server of the inspector, on the loopback interface: its page, and the answers to it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EntryGate } from './entry-gate';
import { readPageFiles } from './page-files';
import { BadRequest } from './request-body';
import { createRoutes, sendJson } from './routes';
import type { InspectorSource } from './source';

/** A running inspector. */
export interface RunningInspector {
  /** The address with the token, to be opened in a browser. */
  readonly url: string;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** The options of an inspector. */
export interface InspectorOptions {
  /** The port on 127.0.0.1. Default: any that is free. */
  readonly port?: number;
}

/** Only files of this server run, none of them inline, and no other page can frame it. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Most bytes of the headers of a request, and most connections. */
const LIMITS = { maxHeaderSize: 16_384, connections: 128 };

/**
 * Serves the page of a fleet on 127.0.0.1.
 *
 * @throws Error if the port is in use.
 */
export async function startInspector(source: InspectorSource, { port = 0 }: InspectorOptions = {}): Promise<RunningInspector> {
  const files = readPageFiles();
  const routes = createRoutes(source);
  let gate: EntryGate;

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const admission = gate.admit(request);
    switch (admission.kind) {
      case 'refused':
        return sendJson(response, { error: admission.why }, admission.status);
      case 'enters':
        return void response.writeHead(303, { location: gate.base, 'set-cookie': gate.cookie }).end();
      case 'admitted': {
        const { url } = admission;
        const path = url.pathname.slice(gate.base.length);
        const file = request.method === 'GET' ? files.get(path) : undefined;
        if (file !== undefined) return void response.writeHead(200, { 'content-type': file.type }).end(file.content);
        const route = routes.get(`${request.method} ${path}`);
        if (route === undefined) return sendJson(response, { error: 'there is no such page' }, 404);
        await route({ url, request, response });
      }
    }
  };

  const server = createServer({ maxHeaderSize: LIMITS.maxHeaderSize }, (request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    answer(request, response).catch((thrown: unknown) => fail(response, thrown));
  });
  server.maxConnections = LIMITS.connections;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  gate = new EntryGate((server.address() as AddressInfo).port);
  return {
    url: gate.url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Tells the page why a request failed: the message of the error and its remedy. */
function fail(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) return void response.destroy();
  const { message, remedy } = thrown as Error & { readonly remedy?: string };
  sendJson(response, { error: message, remedy }, thrown instanceof BadRequest ? thrown.status : 502);
}
