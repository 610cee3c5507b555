/** The forms of calls under all the names of a method: for random methods and values, held against what is plainly right. */
import type { Contract, MethodContract } from '@concord-rpc/core/engine';
import { jsonCodec } from '@concord-rpc/core/wire';
import fc from 'fast-check';
import { calls, MOST } from '../../../../tests/fixtures/random/calls';
import type { SentForm } from '../connection/outgoing';
import { type ClientMethod, clientMethods } from '../method/client-method';
import { allForms, formFor } from './version-gate';

const validator = {
  shapeOf: () => undefined,
  compile: () => (value: unknown) => value,
};

/** Random calls of methods that had up to two names before. */
const named = fc.tuple(calls, fc.array(fc.nat({ max: MOST }), { maxLength: 2 })).map(([{ method, dtos, values }, minors]) => {
  const sinces = [...minors].sort((a, b) => b - a);
  const aliases = sinces.map((since, index) => ({ name: `former${index}`, since }));
  const since = Math.max(method.since, ...sinces);
  const renamed: MethodContract = aliases.length === 0 ? method : { ...method, since, aliases };
  const contract = { name: 'C', version: { major: 1, minor: MOST }, methods: new Map([['m', renamed]]), dtos };
  const [client] = clientMethods(contract as unknown as Contract, jsonCodec, validator);
  return { method: client as ClientMethod, values, sinces: [since, ...sinces] };
});

test('a server is called by the newest name that was there at its version, in a form that it takes', () => {
  fc.assert(
    fc.property(named, fc.integer({ min: 0, max: MOST }), ({ method, values, sinces }, served) => {
      const form = formFor(method, values, served);
      const names = ['m', 'former0', 'former1'].filter((_, index) => sinces[index]! <= served);
      if (form === undefined) {
        expect(names.length === 0 || named0(method, names[0]!).needs.least(values) > served).toBe(true);
        return;
      }
      expect(form.method.definition.name).toBe(names[0]);
      expect(form.minor).toBeLessThanOrEqual(served);
      expect(form.method.needs.least(form.args)).toBe(form.minor);
    }),
    { numRuns: 1_000 },
  );
});

test('of the forms for all, every server that can take any takes one, and there is a newer one for none', () => {
  fc.assert(
    fc.property(named, ({ method, values, sinces }) => {
      const all = allForms(method, values);
      const minors = all.map(({ minor }) => minor);
      expect(minors).toEqual([...new Set(minors)].sort((a, b) => b - a));
      expect(method.oldestForm === undefined ? 1 : MOST + 1).toBeGreaterThanOrEqual(all.length);
      for (let server = sinces.at(-1)!; server <= MOST; server++) {
        const taken: SentForm | undefined = all.find(({ minor }) => minor <= server);
        expect(taken).toEqual(formFor(method, values, server));
      }
    }),
    { numRuns: 500 },
  );
});

function named0(method: ClientMethod, name: string): ClientMethod {
  return [method, ...method.former].find(({ definition }) => definition.name === name)!;
}
