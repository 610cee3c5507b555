/** The facts that a broker states before a login, in the first line that it sends. */
import { connect } from 'node:net';

/** The facts that a broker states. */
export interface BrokerInfo {
  readonly version: string;
  readonly headers: boolean;
  readonly maxPayload: number;
  readonly needsLogin: boolean;
  readonly needsTls: boolean;
  /** The node is about to shut down. */
  readonly isLeaving: boolean;
}

const LONGEST_WAIT = 3_000;
const LONGEST_LINE = 65_536;
const DEFAULT_PORT = 4222;

/**
 * Reads the facts of the first broker in a list of URLs.
 *
 * @throws Error if it cannot be reached within 3 s, or does not speak the protocol of NATS.
 */
export function brokerInfo(servers: string): Promise<BrokerInfo> {
  const { host, port } = placeOf(servers);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: LONGEST_WAIT });
    let text = '';
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(why));
    };
    const timer = setTimeout(() => fail(`it sent nothing within ${LONGEST_WAIT} ms`), LONGEST_WAIT);
    socket.once('error', ({ message }) => fail(message));
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new Error('it closed the connection'));
    });
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const end = text.indexOf('\r\n');
      if (end < 0 && text.length < LONGEST_LINE) return;
      const info = readInfo(text.slice(0, end));
      if (info === undefined) return fail('it does not speak the protocol of NATS');
      resolve(info);
      socket.destroy();
    });
  });
}

/** The host and port of the first URL in a list. */
export function placeOf(servers: string): { readonly host: string; readonly port: number } {
  const [first = ''] = servers.split(',');
  const place = first
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/^.*@/, '')
    .replace(/\/.*$/, '');
  const [, host = place, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(place) ?? [];
  return { host: host.replace(/^\[|\]$/g, '') || '127.0.0.1', port: port === undefined ? DEFAULT_PORT : Number(port) };
}

function readInfo(line: string): BrokerInfo | undefined {
  try {
    const read = JSON.parse(line.replace(/^INFO\s+/, ''));
    const { version, headers, max_payload: maxPayload, auth_required: login, tls_required: tls, ldm } = read;
    if (typeof version !== 'string' || typeof maxPayload !== 'number') return undefined;
    return {
      ...{ version, maxPayload, headers: headers === true, needsLogin: login === true },
      ...{ needsTls: tls === true, isLeaving: ldm === true },
    };
  } catch {
    return undefined;
  }
}
