/** One report in every format: golden files, and the published schemas that programs rely on. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContractDocument } from '@concord-rpc/core';
import {
  approve,
  diff,
  explainRule,
  FORMATS,
  type Format,
  hasFailed,
  judge,
  listRules,
  locateIn,
  type Report,
  RULES,
  summaryOf,
  writeSnapshot,
} from '@concord-rpc/evolution';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020';

const S = { type: 'string' };
const BEFORE: ContractDocument = {
  contract: 1,
  endpoints: {
    'L3Plugin@1': {
      version: '1.1',
      topic: 'l3',
      methods: {
        syncRouters: {
          mode: 'call',
          args: [{ name: 'host', required: false, schema: S }],
          returns: { type: 'array', items: { $ref: '#/types/Router' } },
        },
        routerGone: { mode: 'fanout', args: [{ name: 'id', schema: S }] },
      },
    },
    'Metering@1': { version: '1.0', topic: 'metering', methods: { old: { mode: 'call' } } },
  },
  types: { Router: { type: 'object', properties: { id: S, mtu: { type: 'integer', maximum: 1500 } }, required: ['id', 'mtu'] } },
};
const AFTER: ContractDocument = {
  contract: 1,
  endpoints: {
    'L3Plugin@1': {
      version: '1.2',
      topic: 'l3',
      methods: {
        syncRouters: {
          mode: 'call',
          args: [
            { name: 'host', schema: { ...S, pattern: '^[a|b],<"&\'>%:' } },
            { name: 'full', required: false, default: false, schema: { type: 'boolean' } },
          ],
          returns: { type: 'array', items: { $ref: '#/types/Router' } },
        },
        routerGone: {
          mode: 'fanout',
          args: [
            { name: 'id', schema: S },
            { name: 'reason', since: '1.2', required: false, schema: S },
          ],
        },
        watchRouters: { mode: 'stream', since: '1.2', returns: { $ref: '#/types/Router' } },
      },
    },
    'Metering@1': { version: '1.0', topic: 'metering', methods: { old: { mode: 'call' } } },
    'Metering@2': { version: '2.0', topic: 'metering', methods: {} },
  },
  types: { Router: { type: 'object', properties: { id: S, mtu: { type: 'integer', maximum: 9216 } }, required: ['id', 'mtu'] } },
};
const text = writeSnapshot(AFTER);
const found = diff(BEFORE, AFTER);
const loosened = found.findings.find(({ rule }) => rule === 'OUT_CONSTRAINT_LOOSENED')!;
const approval = approve(loosened, { reason: 'jumbo frames are announced', by: 'ann@example.org', until: '2026-12-31' });
const locate = locateIn(text);
const report: Report = {
  ...found,
  title: 'concord contract check',
  base: '3f2a91c (merge base with origin/main)',
  findings: judge(found.findings, [approval], '2026-06-01').findings,
  locate: (path) => {
    const position = locate(path);
    return position && { file: 'concord.contract.json', ...position };
  },
};
const written = (format: Format, of = report) => FORMATS[format](of);

test.each(Object.keys(FORMATS) as Format[])('the %s report is as it was', (format) => {
  const golden = join(__dirname, 'golden', `report-${format}.golden.txt`);
  expect(written(format)).toBe(readFileSync(golden, 'utf8'));
});

test('the JSON is of the published schema, with and without findings and places', () => {
  const schema = JSON.parse(readFileSync(join(__dirname, '../../docs/findings.schema.json'), 'utf8'));
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  for (const each of [report, { ...report, base: undefined, locate: undefined, findings: [] }]) {
    validate(JSON.parse(written('json', each)));
    expect(validate.errors ?? []).toEqual([]);
  }
  expect(validate({ findings: [] })).toBe(false);
});

test('the SARIF is of the published schema, with and without findings and places', () => {
  // draft 04, of which it uses nothing that later drafts read in another way but these two keys
  const { $schema: _, id: __, ...rest } = JSON.parse(readFileSync(join(__dirname, 'data/sarif-schema-2.1.0.json'), 'utf8'));
  const formats = { 'date-time': true, uri: isUri, 'uri-reference': true } as const;
  const validate = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false, formats }).compile(rest);
  for (const each of [report, { ...report, locate: undefined }, { ...report, findings: [] }]) {
    validate(JSON.parse(written('sarif', each)));
    expect(validate.errors ?? []).toEqual([]);
  }
  expect(validate({ version: '2.1.0' })).toBe(false);
});

function isUri(text: string): boolean {
  return URL.canParse(text);
}

test('approved findings are told, and fail nothing', () => {
  expect(summaryOf(report.findings)).toEqual({ errors: 3, warnings: 2, notes: 4, approved: 1 });
  expect(hasFailed(report.findings)).toBe(true);
  const approved = report.findings.filter((finding) => finding.approval !== undefined);
  expect(approved.map(({ rule, severity }) => ({ rule, severity }))).toEqual([
    { rule: 'OUT_CONSTRAINT_LOOSENED', severity: 'error' },
  ]);
  expect(hasFailed(approved, 'warn')).toBe(false);
  const warned = report.findings.filter(({ severity }) => severity !== 'error');
  expect([hasFailed(warned), hasFailed(warned, 'warn')]).toEqual([false, true]);
});

test('a green run reports its counts', () => {
  const green: Report = { ...diff(BEFORE, BEFORE), title: 'concord contract diff' };
  expect(written('text', green)).toBe(
    'concord contract diff\n\nChecked 2 endpoints, 3 methods, 1 type, 0 releases with 98 rules.\n0 errors, 0 warnings, 0 notes.\n',
  );
  expect(written('junit', green)).toMatch(/<testsuites name="concord contract diff" tests="\d{2,}" failures="0">/);
  expect(written('github', green)).toBe('');
});

test('every rule can be explained, and the catalogue lists each', () => {
  for (const { id, purpose } of RULES) expect(explainRule(id)).toContain(purpose);
  expect(explainRule('ARG_MADE_REQUIRED')).toBe(
    [
      'ARG_MADE_REQUIRED   (compares two contracts)',
      '  what      An optional argument is now required.',
      '  severity  wire error, source error',
      '  hurts     old clients: calls without it are refused',
      '  bump      a major version',
      '  example   (x?) → (x)',
      '  remedy    keep the argument optional, or make the next major',
      '',
    ].join('\n'),
  );
  expect(explainRule('NO_SUCH_RULE')).toBeUndefined();
  expect(listRules().trimEnd().split('\n')).toHaveLength(RULES.length);
  expect(RULES.map(({ id }) => explainRule(id)).join('')).not.toMatch(/\{(name|next|now|release)\}/);
});
