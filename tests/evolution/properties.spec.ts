/** Properties of the checker over random contracts: no finding for equal contracts, no effect of order, a finding for each change. */
import type { ContractDocument } from '@concord-rpc/core';
import {
  asOf,
  canonicalJson,
  checkReleases,
  contractAt,
  diff,
  lint,
  parseSnapshot,
  recordHistory,
  recordRelease,
  releaseHash,
  writeSnapshot,
} from '@concord-rpc/evolution';
import fc from 'fast-check';
import { runs } from '../fixtures/random/runs';
import { contracts, shuffled } from './random-contracts';

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const seen = (findings: readonly { rule: string; path: string; severity: string; fingerprint: string }[]) =>
  findings.map(({ rule, path, severity, fingerprint }) => `${rule} ${path} ${severity} ${fingerprint}`).sort();

test('a contract and itself: no findings', () => {
  fc.assert(
    fc.property(contracts, (contract) => {
      expect(seen(diff(contract, copy(contract)).findings)).toEqual([]);
      expect(seen(diff(contract, shuffled(contract)).findings)).toEqual([]);
    }),
    { numRuns: runs(1_000) },
  );
});

test('the order of keys and of sets says nothing', () => {
  fc.assert(
    fc.property(contracts, contracts, (before, after) => {
      expect(seen(diff(shuffled(before), shuffled(after)).findings)).toEqual(seen(diff(before, after).findings));
      expect(seen(diff(before, shuffled(before)).findings)).toEqual([]);
    }),
    { numRuns: runs(120) },
  );
});

test('what is written can be read, is the same contract, and the same text again', () => {
  fc.assert(
    fc.property(contracts, (contract) => {
      const text = writeSnapshot(contract);
      const read = parseSnapshot(text, 'c.json');
      expect(seen(diff(contract, read).findings)).toEqual([]);
      expect(writeSnapshot(read)).toBe(text);
      expect(writeSnapshot(shuffled(contract))).toBe(text);
    }),
    { numRuns: runs(120) },
  );
});

test('any two contracts can be compared, and each by itself', () => {
  fc.assert(
    fc.property(contracts, contracts, (before, after) => {
      const { findings } = diff(before, after);
      for (const { fingerprint, path, rule } of [...findings, ...lint(after).findings]) {
        expect(fingerprint).toMatch(/^[0-9a-f]{12}$/);
        expect(`${rule} ${path}`).not.toMatch(/undefined|\[object/);
      }
      expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
    }),
    { numRuns: runs(120) },
  );
});

test('a release that was just recorded is kept, and prose, hints and order do not break it', () => {
  fc.assert(
    fc.property(contracts, (contract) => {
      const keys = Object.keys(contract.endpoints);
      const released = keys.reduce<ContractDocument>((document, key) => recordRelease(document, key), {
        ...contract,
        releases: {},
      });
      expect(seen(checkReleases(released).findings)).toEqual([]);
      expect(seen(checkReleases(shuffled(released)).findings)).toEqual([]);
      for (const key of keys) {
        const { version } = contract.endpoints[key]!;
        const then = contractAt(contract, key, { major: Number(version.split('.')[0]), minor: Number(version.split('.')[1]) })!;
        expect(canonicalJson(asOf(then, key, version))).toBe(canonicalJson(asOf(contract, key, version)));
      }
    }),
    { numRuns: runs(120) },
  );
});

test('where the promise of an old version moved, something is found', () => {
  fc.assert(
    fc.property(contracts, contracts, (before, after) => {
      for (const [key, { version }] of Object.entries(before.endpoints)) {
        const now = releaseHash(after, key, version);
        if (now === releaseHash(before, key, version)) continue;
        const concerned = diff(before, after).findings.filter(({ endpoints }) => endpoints.includes(key));
        expect(concerned.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: runs(120) },
  );
});

test('history is recorded once: the same code again changes nothing', () => {
  fc.assert(
    fc.property(contracts, contracts, (committed, code) => {
      const once = recordHistory(committed, code);
      expect(writeSnapshot(recordHistory(once, code))).toBe(writeSnapshot(once));
    }),
    { numRuns: runs(100) },
  );
});
