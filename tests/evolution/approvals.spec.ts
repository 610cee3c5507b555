/** Approvals match one change between two versions, expire, and are reported as stale if they match no finding. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Approval, approve, diff, judge, parseApprovals, parseSnapshot, writeApprovals } from '@concord-rpc/evolution';

const example = (rule: string, name: string) => join(__dirname, '../../packages/evolution/rules-examples', rule, `${name}.json`);
const read = (rule: string, name: string) => parseSnapshot(readFileSync(example(rule, name), 'utf8'), name);
const TODAY = '2026-06-01';

const { findings } = diff(read('METHOD_REMOVED', 'before'), read('METHOD_REMOVED', 'after'));
const [removal] = findings;
const approval = approve(removal!, { reason: 'no client called it', by: 'ann@example.org', until: '2026-12-31' });

test('an approval names the finding between its versions, and survives its file', () => {
  expect(approval).toMatchObject({ rule: 'METHOD_REMOVED', path: 'L3Plugin@1/old', from: '1.0', to: '1.0' });
  expect(parseApprovals(writeApprovals([approval]), 'a.json')).toEqual([approval]);
});

test.each<[string, Approval, string, boolean]>([
  ['as it was given', approval, TODAY, true],
  ['on its last day', approval, '2026-12-31', true],
  ['a day later', approval, '2027-01-01', false],
  ['after the baseline moved on', { ...approval, from: '0.9' }, TODAY, false],
  ['of another change of the same thing', { ...approval, fingerprint: '000000000000' }, TODAY, false],
])('%s', (_when, each, today, isApproved) => {
  const judged = judge(findings, [each], today);
  expect(judged.findings.find(({ rule }) => rule === 'METHOD_REMOVED')!.approval).toEqual(isApproved ? each : undefined);
  expect(judged.findings.map(({ rule }) => rule)).toEqual(isApproved ? ['METHOD_REMOVED'] : ['METHOD_REMOVED', 'APPROVAL_STALE']);
  expect(judged.stale).toEqual(isApproved ? [] : [each]);
});

test('the example of a stale approval', () => {
  const approvals = parseApprovals(readFileSync(example('APPROVAL_STALE', 'approvals'), 'utf8'), 'approvals.json');
  const judged = judge(diff(read('APPROVAL_STALE', 'before'), read('APPROVAL_STALE', 'after')).findings, approvals, TODAY);
  expect(judged.findings.map(({ rule, path }) => `${rule} ${path}`)).toEqual([
    'METHOD_ADDED L3Plugin@1/list',
    'APPROVAL_STALE L3Plugin@1/old',
  ]);
});

test.each([
  ['a wildcard', { ...approval, path: 'L3Plugin@1/*' }, '/0/path must NOT be valid'],
  ['no reason', { ...approval, reason: '' }, '/0/reason must NOT have fewer than 1 characters'],
  ['something unknown', { ...approval, silent: true }, '/0 must NOT have additional properties'],
])('an approval with %s is refused', (_what, each, why) => {
  expect(() => parseApprovals(JSON.stringify([each]), 'a.json')).toThrow(`a.json:1:1: ${why}`);
});
