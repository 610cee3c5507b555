/** Values and versions: what a call needs, and what an older caller gets, held against the contract document as it was. */

import {
  CutCompiler,
  compileNeeds,
  contractDocument,
  type MethodContract,
  parseVersion,
  type SchemaDocument,
} from '@concord-rpc/core/engine';
import { contractAt, leastVersion } from '@concord-rpc/evolution';
import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import { runs } from '../fixtures/random/runs';
import { contractsWithValues, NEWEST } from './random-values';

const documentOf = (contract: Parameters<typeof contractDocument>[0][number]) => contractDocument([contract]);
const everything = { drops: () => true, replaces: true };

test('the compiled least version of a call is the one that the document gives, value by value', () => {
  fc.assert(
    fc.property(contractsWithValues, ({ contract, value, more }) => {
      const method = contract.methods.get('m') as MethodContract;
      const compiled = compileNeeds(method, contract.dtos).least([value, more]);
      const need = leastVersion(documentOf(contract), { endpoint: 'M@1', method: 'm', args: { value, more } });
      expect(compiled).toBe(parseVersion(need!.version).minor);
    }),
    { numRuns: runs(150) },
  );
});

test('a call that claims a version is one that the contract as of that version takes, with nothing missing', () => {
  fc.assert(
    fc.property(contractsWithValues, ({ contract, value, more }) => {
      const method = contract.methods.get('m') as MethodContract;
      const minor = compileNeeds(method, contract.dtos).least([value, more]);
      const then = contractAt(documentOf(contract), 'M@1', { major: 1, minor })!;
      const judge = new Ajv2020({ strict: false });
      const types = Object.fromEntries(Object.entries(then.types!).map(([name, schema]) => [name, closed(schema)]));
      for (const [index, { schema, required }] of then.endpoints['M@1']!.methods.m!.args!.entries()) {
        const given = [value, more][index];
        if (given === undefined) expect(required).toBe(false);
        else expect(judge.validate({ ...schema, types }, given)).toBe(true);
      }
    }),
    { numRuns: runs(100) },
  );
});

test('a result cut to a version is one that the contract as of that version allows, and its limits are those of today', () => {
  fc.assert(
    fc.property(contractsWithValues, fc.integer({ min: 0, max: NEWEST }), ({ contract, value }, minor) => {
      const type = contract.methods.get('m')!.returns!;
      const before = structuredClone(value);
      const cut = new CutCompiler(contract.dtos, { minor, ...everything }).ofType(type)?.(value) ?? value;
      expect(value).toEqual(before);
      const then = contractAt(documentOf(contract), 'M@1', { major: 1, minor })!;
      const types = Object.fromEntries(Object.entries(then.types!).map(([name, schema]) => [name, close(schema)]));
      const { returns } = then.endpoints['M@1']!.methods.m!;
      expect(new Ajv2020({ strict: false }).validate({ ...returns, types }, cut)).toBe(true);
    }),
    { numRuns: runs(100) },
  );
});

test('a value in which nothing is younger is not copied', () => {
  fc.assert(
    fc.property(contractsWithValues, ({ contract, value }) => {
      const type = contract.methods.get('m')!.returns!;
      const cut = new CutCompiler(contract.dtos, { minor: NEWEST, ...everything }).ofType(type);
      expect(cut).toBeUndefined();
      const cutAt0 = new CutCompiler(contract.dtos, { minor: 0, ...everything }).ofType(type) ?? ((same: unknown) => same);
      const oldest = cutAt0(value);
      expect(cutAt0(oldest)).toBe(oldest);
    }),
    { numRuns: runs(500) },
  );
});

/** The type without room for fields that it does not name. */
function closed(schema: SchemaDocument): SchemaDocument {
  return { ...schema, additionalProperties: false };
}

/** The same without limits, and without what had to be there once: a cut adds nothing, and changes no numbers. */
function close({ required, ...schema }: SchemaDocument): SchemaDocument {
  const properties = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const { maximum, maxItems, ...rest } = field;
    return [name, rest];
  });
  return closed({ ...schema, properties: Object.fromEntries(properties) });
}
