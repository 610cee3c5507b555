/** A message against a list of endpoints: which one runs, or which refusal comes back, beside what oslo.messaging's dispatcher did. */
import { dispatchTable, registrationOf } from '@concord-rpc/server';
import { classValidation } from '@concord-rpc/validation';
import { contractOf } from 'concord-rpc';
import { type DispatchCase, titleOf } from './cases/cases';
import { SPLIT } from './cases/classification';
import { sameFailure } from './cases/differences';
import { handMadeContract } from './hand-made-contract';
import { answerTo, codeOf, endpointName, PING, SERVER, serve, servedEndpoints, subjectOf } from './oslo-server';

const { matching, differing } = SPLIT.dispatcher;

const titled = (each: DispatchCase) => {
  const { method, namespace, version } = each.message;
  const outcome = each.expect.error ?? `endpoint ${each.expect.endpoint ?? 'of the library'} runs`;
  const asked = [
    `${method || '(empty)'}`,
    namespace !== undefined && `in ${namespace}`,
    version !== undefined && `at ${version}`,
  ];
  return titleOf(each, `${asked.filter(Boolean).join(' ')} against ${each.endpoints.length}: ${outcome}`);
};

/** Errors that are found by looking the message up; the others need its arguments, or the handler. */
const FOUND_BY_LOOKING = ['NoSuchMethod', 'UnsupportedVersion'];

/** Errors that are the handler's own. */
const RAISED_BY_HANDLER = ['ValueError', 'ExpectedException'];

describe('as oslo.messaging: the dispatch table', () => {
  test.each(matching.map((observed) => [titled(observed), observed] as const))('%s', (_, observed) => {
    const { expect: expected, message } = observed;
    const registrations = servedEndpoints(observed).map(({ contract, implementation }) =>
      registrationOf(contract, implementation, { validator: classValidation }),
    );
    const table = dispatchTable('rpc', SERVER, registrations);
    for (const delivery of ['any', 'to'] as const) {
      const subject = subjectOf(message, delivery);
      if (FOUND_BY_LOOKING.includes(expected.error!)) {
        expect(table.methods.get(subject)).toBeUndefined();
        expect(table.refusal(subject).code).toBe(sameFailure(expected.error!));
      } else {
        expect(table.methods.get(subject)?.label).toBe(`${endpointName(expected.endpoint ?? 0)}.${message.method}`);
      }
    }
  });
});

describe('as oslo.messaging: a running server', () => {
  test.each(matching.map((observed) => [titled(observed), observed] as const))('%s', async (_, observed) => {
    const { expect: expected, message } = observed;
    expect(await answerTo(observed)).toEqual({ message: expected.error === undefined ? 'served' : sameFailure(expected.error) });
    const { ask, ran } = await serve(observed);
    await codeOf(() => ask(subjectOf(message, 'any')));
    expect(ran).toEqual(runsOf(observed));
  });

  const raising = matching.filter(({ expect: { error } }) => RAISED_BY_HANDLER.includes(error!));
  test.each(raising.map((observed) => [titled(observed), observed] as const))('%s: whether it is logged', async (_, observed) => {
    const { ask, log } = await serve(observed);
    await ask(subjectOf(observed.message, 'any'));
    expect(log).toHaveLength(observed.expect.error === 'ExpectedException' ? 0 : 1);
  });
});

/** Which handlers ran in oslo.messaging: one, or none; the one that raised is the first of the list. */
function runsOf({ expect: { outcome, error, endpoint = 0, received }, message: { method } }: DispatchCase) {
  return outcome === 'success' || RAISED_BY_HANDLER.includes(error!) ? [{ endpoint, method, args: received?.args ?? {} }] : [];
}

describe('differs on purpose', () => {
  test.each(differing.map((each) => [`${titled(each.observed)}: ${each.reason}`, each] as const))(
    '%s',
    async (_, { observed, answer }) => {
      expect(await answerTo(observed)).toEqual(answer);
    },
  );

  const pings = differing.filter(({ reason }) => reason === 'ping').map(({ observed }) => observed);
  test.each(pings.map((observed) => [observed.id, observed] as const))(
    '%s: the server answers the ping of Concord',
    async (_, observed) => {
      const { ask } = await serve(observed);
      expect((await ask(PING)).result).toMatchObject({ server: SERVER });
    },
  );

  test('attribute: decorating one is refused', async () => {
    const contract = handMadeContract({ topic: 'cases', name: 'Decorated' }, [{ name: 'foo', value: 1 }]);
    expect(await codeOf(() => contractOf(contract))).toBe('invalid_contract');
  });

  test.each(['01.0', '1.00', '1.+0', '1.-1', '1.0e0', '1.0x0'])(
    'lenient-parsing: %s in a subject is no version',
    async (version) => {
      const message = { method: 'foo', version };
      expect(await answerTo({ endpoints: [{ methods: ['foo'] }], access_policy: 'default', message })).toEqual({
        caller: 'invalid_version',
        message: 'protocol_error',
      });
    },
  );
});
