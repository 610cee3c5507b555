/** `servesVersion` against oslo.messaging's `version_is_compatible`. */
import { createClient, MemoryTransport, servesVersion } from 'concord-rpc';
import { titleOf, type VersionCase } from './cases/cases';
import { SPLIT } from './cases/classification';
import { handMadeContract } from './hand-made-contract';
import { codeOf } from './oslo-server';

const { matching, differing } = SPLIT.version_compat;

/** Returns whether the rule accepts the versions of a case, without a cap or an endpoint around it. */
function isCompatible({ imp, req }: VersionCase): boolean {
  const wanted = req as string;
  if (imp !== null) return servesVersion(imp, wanted);
  const contract = handMadeContract<{ foo(): void }>({ topic: 'cases', name: 'Uncapped', version: wanted }, [
    { name: 'foo', since: wanted },
  ]);
  return createClient(new MemoryTransport(), contract).$canSend('foo');
}

const titled = (each: VersionCase) =>
  titleOf(each, `${each.imp === null ? 'no cap' : JSON.stringify(each.imp)} for ${JSON.stringify(each.req)}`);

describe('as oslo.messaging', () => {
  test.each(matching.map((observed) => [`${titled(observed)} is ${observed.expect}`, observed] as const))('%s', (_, observed) => {
    expect(isCompatible(observed)).toBe(observed.expect);
  });
});

describe('differs on purpose', () => {
  test.each(differing.map(({ observed, reason }) => [`${titled(observed)}: ${reason}`, observed] as const))(
    '%s',
    async (_, observed) => {
      expect(await codeOf(() => isCompatible(observed))).toBe('invalid_version');
    },
  );
});
