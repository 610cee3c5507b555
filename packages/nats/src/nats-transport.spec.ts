/** The NATS transport against the suite of all transports, and what only a real broker can do to it. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as tcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RpcError, Transport } from '@concord-rpc/core';
import { type NatsServer, startNatsServer, transportSuite } from '@concord-rpc/testing';
import { connect as connect3 } from '@nats-io/transport-node';
import { connect as connect2 } from 'nats';
import type { NatsLibraryName } from './library/load-library';
import { incomingMessage, isNoResponders, type NatsConnectionLike } from './library/nats-connection';
import { NatsTransport } from './nats-transport';

let broker: NatsServer;
const open: Transport[] = [];

beforeAll(async () => {
  broker = await startNatsServer();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((transport) => transport.close()));
});
afterAll(() => broker.stop());

describe.each<[NatsLibraryName, (options: { servers: string }) => Promise<NatsConnectionLike>]>([
  ['nats', connect2],
  ['@nats-io/transport-node', connect3],
])('NatsTransport over %s', (library, connectNats) => {
  async function connect(options: object = {}): Promise<NatsTransport> {
    const transport = await NatsTransport.connect({ library, servers: broker.url, ...options });
    open.push(transport);
    return transport;
  }

  test.each(transportSuite)('$name', ({ run }) => run(() => connect()));

  test('takes a connection over, and leaves it open', async () => {
    const connection = await connectNats({ servers: broker.url });
    for (const { run } of transportSuite.slice(0, 2)) await run(() => NatsTransport.connect({ connection }));
    const transport = await NatsTransport.connect({ connection });
    transport.subscribe('x', { deliver: () => undefined });
    await transport.close();
    expect(connection.isClosed()).toBe(false);
    await connection.close();
  });

  test('a message of a client without private parts is taken as it is', () => {
    const message = { subject: 's', reply: 'r', data: new Uint8Array(0) };
    expect(incomingMessage(message)).toBe(message);
    const parts = { ...message, _msg: { subject: Buffer.from('ä.b'), reply: Buffer.from('') } };
    expect(incomingMessage(parts)).toEqual({ subject: 'ä.b', reply: undefined, data: message.data });
  });

  test.each<[string, string, boolean]>([
    ['the bare status', '503', true],
    ['a description', '503 No Responders', true],
    ['more blanks', '\t 503  ', true],
    ['the subject, as nats-server 2.12 sends it', `503\r\nNats-Subject: ${'a'.repeat(512)}`, true],
    ['several headers', '503 No Responders\r\nNats-Subject: x\r\nOther: y', true],
    ['a header that is not one', '503\r\nno colon', true],
    ['a header far longer than any status', `503\r\nk: ${'v'.repeat(9_000)}`, false],
    ['another status', '404', false],
    ['a longer number', '5030', false],
    ['the number in the description', '100 503', false],
    ['no status', '\r\nstatus: 503', false],
    ['nothing', '', false],
  ])('recognizes "no responders" in every form: %s', (_form, status, expected) => {
    const header = Buffer.from(`NATS/1.0${status === '' || status.startsWith('\r') ? '' : ' '}${status}\r\n\r\n`);
    const message = (payload: Buffer) => ({
      subject: 's',
      data: payload,
      get headers(): never {
        throw new Error('the header is not decoded');
      },
      _msg: { hdr: header.length },
      _rdata: Buffer.concat([header, payload]),
    });
    expect(isNoResponders(message(Buffer.alloc(0)))).toBe(expected);
    expect(isNoResponders(message(Buffer.from('x')))).toBe(false);
  });

  test('names the address that it cannot reach, without credentials', async () => {
    const servers = 'nats://someone:secret@127.0.0.1:1';
    const error: RpcError = await NatsTransport.connect({ library, servers, reconnect: false }).catch((thrown) => thrown);
    expect(error.message).toMatch(/^\[not_connected\] cannot connect to NATS at nats:\/\/127\.0\.0\.1:1 \(CONNECTION_REFUSED\)/);
    expect(JSON.stringify(error.toWire())).not.toContain('secret');
  });

  test('refused credentials are permission_denied', async () => {
    const guarded = await startNatsServer({ config: 'authorization { user: a, password: b }' });
    try {
      await expect(NatsTransport.connect({ library, servers: guarded.url, user: 'a', pass: 'wrong' })).rejects.toMatchObject({
        code: 'permission_denied',
      });
    } finally {
      await guarded.stop();
    }
  });

  test('a subscription that the broker refuses is known after a flush', async () => {
    const guarded = await startNatsServer({
      config: 'authorization { users: [{ user: a, password: b, permissions: { subscribe: "allowed.>" } }] }',
    });
    const transport = await NatsTransport.connect({ library, servers: guarded.url, user: 'a', pass: 'b' });
    try {
      const deliver = () => undefined;
      const [allowed, refused] = [transport.subscribe('allowed.x', { deliver }), transport.subscribe('other.x', { deliver })];
      await transport.flush();
      expect(allowed.refused).toBeUndefined();
      expect(refused.refused).toMatchObject({ code: 'permission_denied' });
    } finally {
      await transport.close();
      await guarded.stop();
    }
  });

  test('down: fails fast and loses nothing silently; up again: works', async () => {
    const mortal = await startNatsServer();
    const transport = await NatsTransport.connect({ library, servers: mortal.url, reconnectTimeWait: 20, reconnectJitter: 0 });
    const statuses: string[] = [];
    const reached = (status: string) =>
      new Promise<void>((resolve) => {
        transport.onStatus((now) => now === status && resolve());
      });
    transport.onStatus((status) => statuses.push(status));
    const down = reached('disconnected');
    await mortal.stop();
    await down;
    expect(() => transport.publish('x', Uint8Array.of(1))).toThrow('[not_connected]');
    await expect(transport.flush()).rejects.toMatchObject({ code: 'not_connected', executed: 'no', retryable: true });
    const up = reached('connected');
    const next = await startNatsServer({ port: mortal.port });
    await up;
    await transport.flush();
    expect(statuses).toEqual(['disconnected', 'connected']);
    await transport.close();
    await next.stop();
  });

  test('a malformed header, and a bomb of 20 000 of them, on a message without payload do no harm', async () => {
    const transport = await connect();
    const heard: number[] = [];
    const three = new Promise<void>((resolve) => {
      transport.subscribe('headers.x', {
        deliver: ({ data }) => heard.push(data.length) === 3 && resolve(),
        noResponders: () => heard.push(-1),
      });
    });
    await transport.flush();
    const raw = tcp(broker.port, '127.0.0.1');
    await once(raw, 'data');
    raw.write('CONNECT {"headers":true,"verbose":false}\r\n');
    const bad = 'NATS/1.0\r\nbad key: v\r\n\r\n';
    const bomb = `NATS/1.0 503\r\n${Array.from({ length: 20_000 }, (_, index) => `k${index}: v`).join('\r\n')}\r\n\r\n`;
    for (const header of [bad, bomb]) raw.write(`HPUB headers.x ${header.length} ${header.length}\r\n${header}\r\n`);
    raw.write('PUB headers.x 1\r\n1\r\n');
    await three;
    expect(heard).toEqual([0, 0, 1]);
    raw.destroy();
  });

  test('a certificate that is not trusted is named as the cause, with the remedy', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'concord-tls-'));
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key!, '-out', cert!, ...subject], {
      stdio: 'ignore',
    });
    const guarded = await startNatsServer({ config: `tls { cert_file: "${cert}", key_file: "${key}" }` });
    try {
      const untrusted = NatsTransport.connect({ library, servers: guarded.url, tls: {}, reconnect: false });
      await expect(untrusted).rejects.toMatchObject({ code: 'not_connected', executed: 'no' });
      await expect(untrusted).rejects.toThrow(
        /TLS does not accept the certificate \(\w+\): pass the certificate of its authority as tls\.caFile/,
      );
      await (await NatsTransport.connect({ library, servers: guarded.url, tls: { caFile: cert! } })).close();
    } finally {
      await guarded.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
