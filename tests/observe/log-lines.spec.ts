/** The lines that servers and connections write, in the form in which each kind of logger takes them. */
import 'reflect-metadata';
import { Writable } from 'node:stream';
import { startNatsServer } from '@concord-rpc/testing';
import { createClient, Endpoint, type Logger, MemoryTransport, NatsTransport, RpcMethod, RpcServer, remote } from 'concord-rpc';
import pino from 'pino';
import { failure } from '../fixtures/failure';

@Endpoint({ topic: 'lines', namespace: 'log', version: '1.3' })
abstract class Lines {
  @RpcMethod({ since: '1.0' }) fail(): Promise<void> {
    return remote();
  }
}

const handlers = {
  fail: async () => {
    throw new Error('on purpose');
  },
};

/** Starts a server, makes a call that fails, and stops the server. */
async function failOnce(logger: Logger | undefined): Promise<void> {
  const transport = new MemoryTransport();
  const server = new RpcServer(transport, { server: 's', logger }).register(Lines, handlers);
  await server.start();
  await failure(createClient(transport, Lines).fail());
  await server.stop();
  await transport.close();
}

/** A logger of these levels, with the arguments of each line that it got. */
function recording(levels: readonly string[]): { readonly logger: Logger; readonly got: [level: string, ...args: unknown[]][] } {
  const got: [string, ...unknown[]][] = [];
  const logger = Object.fromEntries(levels.map((level) => [level, (...args: unknown[]) => void got.push([level, ...args])]));
  return { logger: logger as unknown as Logger, got };
}

const SERVER = { server: 's' };
const STARTED = { ...SERVER, endpoints: ['Lines 1.3'], topics: ['default/lines'] };
const FAILED = { ...SERVER, method: 'Lines.fail', id: expect.any(String) };
const FAILURE = expect.stringMatching(/^Lines\.fail failed \(.+\): Error: on purpose\n {4}at /);

const TABLE: readonly (readonly [what: string, levels: readonly string[], lines: readonly (readonly unknown[])[]])[] = [
  [
    'a logger with info, warn and error gets fields last',
    ['info', 'warn', 'error'],
    [
      ['info', 'server s serves Lines 1.3 on default/lines', STARTED],
      ['error', FAILURE, FAILED],
      ['info', 'server s is stopping', SERVER],
      ['info', 'server s has stopped', SERVER],
    ],
  ],
  ['a logger without info gets no lines about starts and stops', ['warn', 'error'], [['error', FAILURE, FAILED]]],
  [
    "a logger like Nest's gets those lines on log, and errors without fields",
    ['log', 'warn', 'error'],
    [
      ['log', 'server s serves Lines 1.3 on default/lines', STARTED],
      ['error', FAILURE],
      ['log', 'server s is stopping', SERVER],
      ['log', 'server s has stopped', SERVER],
    ],
  ],
  [
    'a logger like bunyan gets fields first',
    ['info', 'warn', 'error', 'addSerializers'],
    [
      ['info', STARTED, 'server s serves Lines 1.3 on default/lines'],
      ['error', FAILED, FAILURE],
      ['info', SERVER, 'server s is stopping'],
      ['info', SERVER, 'server s has stopped'],
    ],
  ],
];

test.each(TABLE)('%s', async (_, levels, lines) => {
  const { logger, got } = recording(levels);
  await failOnce(logger);
  expect(got).toEqual(lines);
});

test('pino writes each line with its fields', async () => {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  await failOnce(pino(stream));
  expect(lines).toMatchObject([
    { level: 30, msg: 'server s serves Lines 1.3 on default/lines', ...STARTED },
    { level: 50, msg: FAILURE, ...FAILED },
    { level: 30, msg: 'server s is stopping', ...SERVER },
    { level: 30, msg: 'server s has stopped', ...SERVER },
  ]);
});

test('without a logger the console gets the failure alone', async () => {
  const spies = (['info', 'log', 'warn', 'error'] as const).map((level) => jest.spyOn(console, level).mockReturnValue());
  try {
    await failOnce(undefined);
    expect(spies.map(({ mock }) => mock.calls)).toEqual([[], [], [], [[FAILURE]]]);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});

test('a logger that throws changes no call', async () => {
  const fail = () => {
    throw new Error('the disk is full');
  };
  await expect(failOnce({ info: fail, warn: fail, error: fail })).resolves.toBeUndefined();
});

test('a connection to NATS says that it is open and that it is closed', async () => {
  const { logger, got } = recording(['info', 'warn', 'error']);
  const broker = await startNatsServer();
  try {
    const transport = await NatsTransport.connect({ servers: broker.url, logger });
    await transport.close();
    const address = broker.url.replace('nats://', '');
    expect(got).toEqual([
      ['info', `connected to NATS at ${address}`, { broker: address }],
      ['info', `closed the connection to NATS at ${address}`, { broker: address }],
    ]);
  } finally {
    await broker.stop();
  }
});
