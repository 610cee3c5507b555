/** Changes declared on classes prove their earlier releases: by hashes, and by a comparison with the release. */
import type { ContractDocument } from '@concord-rpc/core';
import { asOf, checkFreshness, diff, lint, releaseHash, withHistory } from '@concord-rpc/evolution';
import { IsInt, Max } from 'class-validator';
import { Arg, type Class, contractOf, Endpoint, LimitsBefore, RpcMethod, remote } from 'concord-rpc';
import { AGENTS } from '../fixtures/contracts/agents';
import { Flavors11, Flavors12 } from '../fixtures/contracts/flavors';

const releases: readonly (readonly [key: string, ...types: (readonly [string, Class])[]])[] = [
  ['Flavors@1', ['1.1', Flavors11], ['1.2', Flavors12]],
  ['Agents@1', ...(Object.entries(AGENTS) as [string, Class][])],
];
const pairs = releases.flatMap(([key, ...versions]) =>
  versions.flatMap(([then, old], index) => versions.slice(index).map(([version, now]) => ({ key, then, version, old, now }))),
);

/** Renames warn users who compile again; a skipped minor is a warning too. */
const OF_SOURCES = new Set(['METHOD_RENAMED', 'MINOR_BUMP_SKIPPED']);

test.each(pairs)('$key as of $then, from the class of $version: the same promise, and every change has its gate', (pair) => {
  const { key, then, old, now } = pair;
  const [before, after] = [contractOf(old), contractOf(now)];
  expect(releaseHash(after, key, then)).toBe(releaseHash(before, key, then));
  const found = diff(before, after).findings.filter(({ severity }) => severity !== 'info');
  expect(found.filter(({ rule }) => !OF_SOURCES.has(rule)).map(({ rule }) => rule)).toEqual([]);
  expect(lint(after).findings.filter(({ rule }) => rule !== 'UNCHECKED_TYPE')).toEqual([]); // not all say what they give
  // the file that belongs to the code adds nothing to what the code says of itself
  const recorded = withHistory(before, after);
  expect(releaseHash(recorded, key, then)).toBe(releaseHash(before, key, then));
  expect(checkFreshness(recorded, after).findings).toEqual([]);
});

test('what the code says of two versions is kept, where the file was before both', () => {
  function contractOf12(version: string, ...marks: (readonly [string, number])[]): ContractDocument {
    class Query {
      limit!: number;
    }
    for (const [since, maximum] of marks) LimitsBefore(since, { maximum })(Query.prototype, 'limit');
    for (const decorate of [IsInt(), Max(marks.length === 0 ? 10 : 100)]) decorate(Query.prototype, 'limit');
    @Endpoint({ topic: 'queries', version, name: 'Queries' })
    abstract class Queries {
      @RpcMethod() ask(@Arg({ type: Query }) _query: object): Promise<void> {
        return remote();
      }
    }
    return contractOf(Queries);
  }
  const [before, after] = [contractOf12('1.0'), contractOf12('1.2', ['1.1', 10], ['1.2', 50])];
  const recorded = withHistory(before, after);
  expect(checkFreshness(recorded, after).findings).toEqual([]);
  expect(['1.0', '1.1', '1.2'].map((version) => asOf(recorded, 'Queries@1', version))).toMatchObject(
    [10, 50, 100].map((maximum) => ({ methods: { ask: { args: [{ schema: { properties: { limit: { maximum } } } }] } } })),
  );
});
