/** Measures the check of a large contract: 1 000 methods and 500 types; lint, releases and diff. Run `node bench/contract-check.mjs` after a build. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const METHODS = 1_000;
const TYPES = 500;
const GOAL = 1_000;

const require = createRequire(import.meta.url);
const {
  checkReleases,
  diff,
  joinFindings,
  lint,
  parseSnapshot,
  recordRelease,
  writeSnapshot,
} = require('../packages/evolution/dist/index.js');

const before = contract('1.0', 1500);
const released = ['Big0@1', 'Big4@1'].reduce((document, key) => recordRelease(document, key), before);
const [oldText, newText] = [before, { ...contract('1.1', 9216), releases: released.releases }].map(writeSnapshot);

for (let round = 1; round <= 5; round++) {
  const started = performance.now();
  const [old, now] = [parseSnapshot(oldText, 'before.json'), parseSnapshot(newText, 'after.json')];
  const read = performance.now();
  const { findings, lookedAt } = joinFindings(lint(now), checkReleases(now), diff(old, now));
  const done = performance.now();
  const verdict = done - started < GOAL ? 'within' : 'OVER';
  console.log(
    `${round}: ${(done - started).toFixed(0)} ms, ${verdict} the goal of ${GOAL} ms: reading ${(read - started).toFixed(0)} ms, ` +
      `checking ${(done - read).toFixed(0)} ms; ${lookedAt.methods} methods, ${lookedAt.types} types, ${findings.length} findings`,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'concord-bench-'));
writeFileSync(join(folder, 'before.json'), oldText);
writeFileSync(join(folder, 'after.json'), newText);
const command = fileURLToPath(new URL('../packages/cli/bin/concord.js', import.meta.url));
const begun = performance.now();
const { status } = spawnSync(process.execPath, [command, 'contract', 'diff', 'before.json', 'after.json', '--json'], {
  cwd: folder,
});
console.log(`a process of its own, diff alone: ${(performance.now() - begun).toFixed(0)} ms, exit code ${status}`);
rmSync(folder, { recursive: true });

/** Ten endpoints with a hundred methods each. Types contain other types and themselves, and every third method changed in 1.1. */
function contract(version, mtu) {
  const isNew = version !== '1.0';
  const late = { name: 'full', since: '1.1', required: false, schema: { type: 'boolean' } };
  const methods = Array.from({ length: METHODS }, (_, index) => ({
    name: `method${index}`,
    method: {
      mode: 'call',
      args: [
        { name: 'id', schema: { type: 'string', maxLength: 64 } },
        { name: 'filter', required: false, schema: { $ref: `#/types/Type${index % TYPES}` } },
        ...(isNew && index % 3 === 0 ? [late] : []),
      ],
      returns: { type: 'array', items: { $ref: `#/types/Type${(index * 7) % TYPES}` } },
      errors: { GONE: { retryable: false } },
    },
  }));
  const endpoints = Array.from({ length: 10 }, (_, index) => {
    const own = methods.slice(index * 100, index * 100 + 100).map(({ name, method }) => [name, method]);
    return [`Big${index}@1`, { version, topic: `big${index}`, methods: Object.fromEntries(own) }];
  });
  const types = Array.from({ length: TYPES }, (_, index) => [
    `Type${index}`,
    {
      type: 'object',
      required: ['id', 'mtu'],
      properties: {
        id: { type: 'string', format: 'uuid' },
        mtu: { type: 'integer', minimum: 68, maximum: index % 10 === 0 ? mtu : 1500 },
        status: { enum: ['ACTIVE', 'DOWN', 'BUILD'] },
        self: { $ref: `#/types/Type${index}` },
        ...(index % 5 === 0 && { next: { $ref: `#/types/Type${Math.min(index + 1, TYPES - 1)}` } }),
      },
    },
  ]);
  return { contract: 1, endpoints: Object.fromEntries(endpoints), types: Object.fromEntries(types) };
}
