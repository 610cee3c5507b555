/** Strict mode: what a call claims to need and what it uses; whoever is accepted at a version has sent nothing that is younger. */
import { compileContract, compileNeeds, latePartsOf } from '@concord-rpc/core/engine';
import { subjects } from '@concord-rpc/core/wire';
import { classValidation } from '@concord-rpc/validation';
import { MemoryTransport, RpcServer } from 'concord-rpc';
import fc from 'fast-check';
import { collectingLogger } from '../fixtures/collecting-logger';
import { PORTS, Ports13, portsHandlers, type Seen } from '../fixtures/contracts/ports';

const INBOX = '_INBOX.strict';

async function serve(strict: boolean | undefined, casts: Seen[] = []) {
  const transport = new MemoryTransport();
  const server = new RpcServer(transport, { server: 's', logger: collectingLogger(), strict });
  await server.register(PORTS['1.3'], portsHandlers('s', casts)).start();
  const ask = (minor: number, request: unknown, method = 'getPorts') =>
    new Promise<{ result?: Seen; error?: { code: string; message: string; executed: string } }>((resolve) => {
      const inbox = transport.subscribe(INBOX, {
        deliver: ({ data }) => {
          void inbox.drain();
          resolve(JSON.parse(Buffer.from(data).toString()));
        },
      });
      const prefix = subjects.anyPrefix({ root: subjects.DEFAULT_ROOT, exchange: 'fleet', topic: 'ports' });
      transport.publish(
        subjects.methodSubject(prefix, { namespace: null, major: 1, minor, method }),
        Buffer.from(JSON.stringify(request)),
        INBOX,
      );
    });
  return { ask, server };
}

test.each<[number, unknown, string | undefined, string]>([
  [0, ['h'], undefined, 'nothing late'],
  [0, ['h', { network: 'n' }], '1.2 because of filter', 'a late argument'],
  [1, { args: { host: 'h', filter: { network: 'n' } } }, '1.2 because of filter', 'a late argument by name'],
  [2, { args: { 0: 'h', 1: { network: 'n', mac: 'm' } } }, '1.3 because of filter.mac', 'a late field, by index'],
  [2, ['h', { network: 'n', mac: null }], '1.3 because of filter.mac', 'a late field that is null'],
  [3, ['h', { network: 'n', mac: 'm' }], undefined, 'a claim that is true'],
])('minor %i for %j: %s (%s)', async (minor, request, needs) => {
  const { ask, server } = await serve(true);
  const { result, error } = await ask(minor, request);
  if (needs === undefined) expect(result).toMatchObject({ host: 'h' });
  else {
    expect(error).toMatchObject({
      code: 'invalid_argument',
      executed: 'no',
      message: `Ports.getPorts needs ${needs}, and was sent as a call that needs 1.${minor}`,
    });
  }
  expect(server.stats()).toMatchObject({ refused: needs === undefined ? 0 : 1, started: needs === undefined ? 1 : 0 });
  await server.stop();
});

test('a method that came later, called as if it had always been there', async () => {
  const { ask, server } = await serve(true);
  const { error } = await ask(2, ['h'], 'count');
  expect(error?.message).toBe('Ports.count needs 1.3, and was sent as a call that needs 1.2');
  await server.stop();
});

test.each([
  [undefined, 'test', 'refused'],
  [undefined, 'production', 'served'],
  [false, 'test', 'served'],
  [true, 'production', 'refused'],
])('strict %s where NODE_ENV is %s: %s', async (strict, environment, outcome) => {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = environment;
  try {
    const { ask, server } = await serve(strict);
    const { error } = await ask(0, ['h', { network: 'n' }]);
    expect(error === undefined ? 'served' : 'refused').toBe(outcome);
    await server.stop();
  } finally {
    process.env.NODE_ENV = before;
  }
});

test('a call that is accepted at a version has no part that is younger', async () => {
  const contract = compileContract(Ports13, classValidation);
  const method = contract.methods.get('getPorts')!;
  const needs = compileNeeds(method, contract.dtos);
  const { ask, server } = await serve(true);
  const filter = fc.record(
    { network: fc.constant('n'), mac: fc.constantFrom('m', null), owner: fc.constantFrom('o', null) },
    { requiredKeys: ['network'] },
  );
  await fc.assert(
    fc.asyncProperty(fc.option(filter, { nil: undefined }), fc.integer({ min: 0, max: 3 }), async (given, minor) => {
      const args = given === undefined ? ['h'] : ['h', given];
      const { result } = await ask(minor, args);
      const minors = latePartsOf(method, args, contract.dtos).map((part) => part.minor);
      expect(result !== undefined).toBe(minors.every((each) => each <= minor));
      expect(needs.least(args)).toBe(Math.max(...minors));
    }),
    { numRuns: 300 },
  );
  await server.stop();
});
