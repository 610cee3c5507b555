/** "No responders" in every form that nats-server has given it, and a TCP proxy that gives the answers of an older nats-server a newer form. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

const END = '\r\n';

/** Writes the header of "no responders" for a message to `subject`. */
export type NoRespondersForm = (subject: string) => string;

/** The forms, newest first, by the minor version of the nats-server 2.x that introduced each. */
const FORMS: readonly (readonly [since: number, form: NoRespondersForm])[] = [
  [12, (subject) => `NATS/1.0 503${END}Nats-Subject: ${subject}${END}${END}`],
  [2, () => `NATS/1.0 503${END}${END}`],
];

/**
 * Returns the form of a release of nats-server, for example `2.12`.
 *
 * @throws Error if it is not a release from 2.2 on, before which nats-server had no such answer.
 */
export function noRespondersForm(release: string): NoRespondersForm {
  const [, minor] = /^2\.(\d+)(?:\.\d+)?$/.exec(release) ?? [];
  const [, form] = FORMS.find(([since]) => since <= Number(minor)) ?? [];
  if (form === undefined) throw new Error(`${release} is not a release of nats-server from 2.2 on: write, for example, 2.12`);
  return form;
}

/** Options of `startStatusProxy`. */
export interface StatusProxyOptions {
  /** The port of the nats-server behind the proxy, on 127.0.0.1. */
  readonly to: number;
  /** The port of the proxy. Default: a free one. */
  readonly port?: number;
  readonly form: NoRespondersForm;
  onRewritten(): void;
}

/** Starts a proxy, and resolves to its port. Connections with TLS pass through unchanged. */
export async function startStatusProxy({ to, port = 0, form, onRewritten }: StatusProxyOptions): Promise<number> {
  const server = createServer((client) => {
    const broker = connect(to, '127.0.0.1');
    const subjects = new Map<string, string>();
    let isEncrypted = false;
    const carry = (from: Socket, into: Socket, change: (bytes: Buffer) => Buffer) => {
      from.setNoDelay(true);
      from.on('data', (bytes: Buffer) => {
        if (!into.write(isEncrypted ? bytes : change(bytes))) from.pause();
      });
      into.on('drain', () => from.resume());
      from.on('error', () => undefined);
      from.on('close', () => into.destroy());
    };
    const noteSubject = natsProtocol(([word, subject, ...rest], message) => {
      const hasReply = word === 'PUB' ? rest.length === 2 : word === 'HPUB' && rest.length === 3;
      if (hasReply) subjects.set(rest[0]!, subject!);
      return message;
    });
    const renew = natsProtocol(([word, reply, sid], message) => {
      if (word === 'INFO') isEncrypted ||= message.includes('"tls_required":true');
      if (word !== 'HMSG' || !isBareStatus(message)) return message;
      onRewritten();
      const header = form(subjects.get(reply!) ?? '');
      return Buffer.from(`HMSG ${reply} ${sid} ${header.length} ${header.length}${END}${header}${END}`, 'latin1');
    });
    carry(client, broker, noteSubject);
    carry(broker, client, renew);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function isBareStatus(message: Buffer): boolean {
  return message.toString('latin1', message.indexOf(END) + END.length) === `NATS/1.0 503${END}${END}${END}`;
}

/** Cuts a stream of bytes into messages of the protocol: a control line, with its payload if it has one. Returns what `change` makes of them. */
export function natsProtocol(change: (line: readonly string[], message: Buffer) => Buffer): (bytes: Buffer) => Buffer {
  let left: Buffer = Buffer.alloc(0);
  return (bytes) => {
    left = left.length === 0 ? bytes : Buffer.concat([left, bytes]);
    const out: Buffer[] = [];
    for (let end = left.indexOf(END); end >= 0; end = left.indexOf(END)) {
      const line = left.toString('latin1', 0, end).split(/\s+/);
      const payload = /^H?(PUB|MSG)$/.test(line[0]!) ? Number(line.at(-1)) + END.length : 0;
      const length = end + END.length + payload;
      if (left.length < length) break;
      out.push(change(line, left.subarray(0, length)));
      left = left.subarray(length);
    }
    return Buffer.concat(out);
  };
}
