/** Endpoint and message versions: the dispatch table accepts the messages that oslo.messaging's server accepts. */
import { formatVersion } from '@concord-rpc/core/engine';
import { dispatchTable, registrationOf } from '@concord-rpc/server';
import { classValidation } from '@concord-rpc/validation';
import { type EndpointCase, titleOf } from './cases/cases';
import { SPLIT } from './cases/classification';
import { answerTo, endpointScenario, SERVER, servedEndpoints, subjectOf } from './oslo-server';

const { matching, differing } = SPLIT.endpoint_compat;

const titled = (each: EndpointCase) =>
  titleOf(each, `endpoint ${JSON.stringify(each.endpoint_version)}, message ${JSON.stringify(each.message_version)}`);

describe('as oslo.messaging', () => {
  test.each(matching.map((observed) => [`${titled(observed)} is ${observed.expect}`, observed] as const))('%s', (_, observed) => {
    const scenario = endpointScenario(observed.endpoint_version, observed.message_version);
    const registrations = servedEndpoints(scenario).map(({ contract, implementation }) =>
      registrationOf(contract, implementation, { validator: classValidation }),
    );
    expect(registrations.map(({ contract }) => formatVersion(contract.version))).toEqual([observed.endpoint_version ?? '1.0']);
    const table = dispatchTable('rpc', SERVER, registrations);
    const subject = subjectOf(scenario.message, 'any');
    expect(table.methods.get(subject) !== undefined).toBe(observed.expect);
    if (observed.expect === false) expect(table.refusal(subject).code).toBe('unsupported_version');
  });
});

describe('differs on purpose', () => {
  test.each(differing.map((each) => [`${titled(each.observed)}: ${each.reason}`, each] as const))(
    '%s',
    async (_, { observed, answer }) => {
      expect(await answerTo(endpointScenario(observed.endpoint_version, observed.message_version))).toEqual(answer);
    },
  );
});
