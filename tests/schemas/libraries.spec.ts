/** One table of types in zod, valibot and arktype, run as ES modules in plain Node: values, contract files and their changes. Needs the build. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asOf, diff, lint, parseSnapshot, releaseHash, writeSnapshot } from '@concord-rpc/evolution';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import type { ContractDocument } from 'concord-rpc';

interface Refused {
  readonly code: string;
  readonly executed: string;
  readonly violations: readonly { readonly path: string; readonly message: string }[];
}
interface Outcome {
  readonly outcomes: readonly { readonly got: unknown; readonly result?: unknown }[];
  readonly refused: readonly Refused[];
}
type Part = 'argument' | 'result';
interface Report {
  readonly contract: ContractDocument;
  readonly table: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Outcome>>>>>>;
  readonly compared: readonly {
    readonly name: string;
    readonly part: Part;
    readonly before: ContractDocument;
    readonly after: ContractDocument;
  }[];
  readonly refusal?: string;
  readonly hostile: {
    readonly many: {
      readonly code: string;
      readonly message: string;
      readonly data: { readonly violations: Refused['violations'] };
    };
    readonly deep: { readonly code: string };
    readonly leaked: unknown;
  };
}
interface Row {
  readonly good: readonly (readonly [sent: unknown, got?: unknown])[];
  readonly bad: readonly (readonly [sent: unknown, path: string])[];
  readonly isResult?: false;
}

const FOLDER = join(__dirname, 'libraries');
const run = promisify(execFile);

/** The findings of each change, other than notes, for an argument and for a result. They are the same in each library. */
const CHANGES: Readonly<Record<string, Readonly<Record<Part, readonly string[]>>>> = {
  limitWidened: { argument: ['warn WIDENED_UNGATED'], result: ['error OUT_CONSTRAINT_LOOSENED'] },
  limitNarrowed: { argument: ['error IN_CONSTRAINT_TIGHTENED'], result: [] },
  optionalFieldAdded: { argument: ['error SINCE_MISSING .b'], result: ['error SINCE_MISSING .b'] },
  requiredFieldAdded: { argument: ['error IN_FIELD_ADDED_REQUIRED .b'], result: ['error SINCE_MISSING .b'] },
  fieldRemoved: { argument: ['error IN_FIELD_REMOVED .b'], result: ['error OUT_FIELD_REMOVED .b'] },
  valueAdded: { argument: ['error SINCE_MISSING =down'], result: ['error OUT_ENUM_VALUE_ADDED =down'] },
  typeOfFieldChanged: { argument: ['error IN_TYPE_CHANGED .a.b'], result: ['error OUT_TYPE_CHANGED .a.b'] },
  memberAdded: { argument: ['warn WIDENED_UNGATED |object#3'], result: ['error OUT_UNION_MEMBER_ADDED |object#3'] },
  nothing: { argument: [], result: [] },
};

const REFUSALS: Readonly<Record<string, string | undefined>> = {
  zod: '[invalid_argument] Later.take: value: could not be validated: the zod schema returned a promise; schemas must be synchronous',
  valibot:
    '[invalid_contract] Later.take(value) has no known type: its valibot schema is asynchronous, but values are checked synchronously: make this check in the handler',
};

let nats: NatsServer;
let rows: Readonly<Record<string, Row>>;
beforeAll(async () => {
  nats = await startNatsServer();
  const print = `import { rows } from ${JSON.stringify(join(FOLDER, 'rows.mjs'))}; console.log(JSON.stringify(rows))`;
  rows = JSON.parse((await run(process.execPath, ['--input-type=module', '-e', print])).stdout);
});
afterAll(() => nats.stop());

describe.each(['zod', 'valibot', 'arktype'])('%s', (library) => {
  let report: Report;
  beforeAll(async () => {
    const { stdout } = await run(process.execPath, [join(FOLDER, 'run.mjs'), library, nats.url], { maxBuffer: 2 ** 24 });
    report = JSON.parse(stdout);
  }, 60_000);

  test('accepts and refuses the same values over every transport and codec', () => {
    expect(Object.keys(report.table)).toEqual(['memory', 'nats']);
    for (const byCodec of Object.values(report.table)) {
      expect(Object.keys(byCodec)).toEqual(['json', 'msgpack']);
      for (const outcomes of Object.values(byCodec)) {
        for (const [name, { good, bad, isResult }] of Object.entries(rows)) {
          const { outcomes: accepted, refused } = outcomes[name]!;
          const expected = good.map(([sent, got = sent]) => ({ got, ...(isResult !== false && { result: got }) }));
          expect([name, accepted]).toEqual([name, expected]);
          const paths = refused.map(({ code, executed, violations }) => [code, executed, violations[0]!.path]);
          expect([name, paths]).toEqual([name, bad.map(([, path]) => ['invalid_argument', 'no', path])]);
        }
      }
    }
  });

  test('has the contract file of the golden', () => {
    const golden = readFileSync(join(__dirname, 'golden', `${library}.golden.txt`), 'utf8');
    expect(writeSnapshot(report.contract)).toBe(golden);
  });

  test('has a contract file that is sound, and that reproduces its release', () => {
    const read = parseSnapshot(writeSnapshot(report.contract), 'concord.contract.json');
    expect(diff(report.contract, read).findings).toEqual([]);
    expect(lint(read).findings.map(({ rule, path }) => `${rule} ${path}`)).toEqual(['UNCHECKED_TYPE Table@1/converted/returns']);
    expect(releaseHash(read, 'Table@1', '1.0')).toBe(releaseHash(report.contract, 'Table@1', '1.0'));
    expect(asOf(read, 'Table@1', '1.0')).toEqual(asOf(report.contract, 'Table@1', '1.0'));
  });

  test('has its changes found', () => {
    const found: Record<string, Record<string, string[]>> = {};
    for (const { name, part, before, after } of report.compared) {
      const findings = diff(before, after).findings.filter(({ severity }) => severity !== 'info');
      const place = `${name}@1/method/${part === 'argument' ? 'args/value' : 'returns'}`;
      const texts = findings.map(({ severity, rule, path }) => `${severity} ${rule} ${path.replace(place, '')}`.trim());
      found[name] = { ...found[name], [part]: texts };
    }
    expect(found).toEqual(CHANGES);
  });

  test('has an asynchronous schema refused by name', () => {
    expect(report.refusal).toBe(REFUSALS[library]);
  });

  test('is bounded where values are hostile, and sends no undeclared property', () => {
    const { many, deep, leaked } = report.hostile;
    expect(many).toMatchObject({ code: 'invalid_argument', data: { violations: { length: 16 } } });
    expect(many.message.length).toBeLessThan(1_024);
    expect(many.data.violations[15]!.path).toBe('value.items[15]');
    expect(deep.code).toBe('invalid_argument');
    expect(leaked).toEqual({ items: ['a'], any: { hasOwnProperty: 1 } });
  });
});
