/** Contracts with null, enums, dictionaries and unions: as files, as of earlier versions, and run against each other. */
import { verifyMatrix } from '@concord-rpc/cli';
import { contractsAt, diff, lint, parseSnapshot, releaseHash, writeSnapshot } from '@concord-rpc/evolution';
import { type Class, contractOf } from 'concord-rpc';
import { Drawings } from '../fixtures/contracts/drawings';
import { Values } from '../fixtures/contracts/values';
import { runs } from '../fixtures/random/runs';

/** Each contract with the findings of its growth that are no notes. */
const CONTRACTS: [string, Class, string[]][] = [
  [
    'Drawings@1',
    Drawings,
    ['OUT_UNION_MEMBER_ADDED_SAFE types/Drawing.others[]|Ring', 'OUT_UNION_MEMBER_ADDED_SAFE types/Drawing.top|Ring'],
  ],
  [
    'Values@1',
    Values,
    [
      'OUT_CONSTRAINT_LOOSENED types/Thing.mtu',
      'OUT_ENUM_VALUE_ADDED_SAFE types/Thing.past[]=LEFT',
      'OUT_ENUM_VALUE_ADDED_SAFE types/Thing.status=LEFT',
    ],
  ],
];

describe.each(CONTRACTS)('%s', (key, type, growth) => {
  const today = contractOf(type);

  test('is a contract file, sound, and equal to itself through a file', () => {
    const read = parseSnapshot(writeSnapshot(today), 'concord.contract.json');
    expect(diff(today, read).findings).toEqual([]);
    expect(lint(read).findings).toEqual([]);
    for (const version of ['1.0', '1.1']) expect(releaseHash(read, key, version)).toBe(releaseHash(today, key, version));
  });

  test('grew as it may', () => {
    const [before] = contractsAt(today, key, ['1.0']);
    const found = diff(before!, today).findings.filter(({ severity }) => severity !== 'info');
    expect(found.map(({ rule, path }) => `${rule} ${path}`)).toEqual(growth);
  });

  test.each([1, 2, 3].slice(0, runs(3)))(
    'every version with every other does what was reasoned, over generated values (seed %i)',
    async (seed) => {
      const sides = contractsAt(today, key, ['1.0', '1.1']);
      const { disagreements, notes } = await verifyMatrix({ key, clients: sides, servers: sides, seed, classes: [type] });
      expect({ disagreements, notes }).toEqual({ disagreements: [], notes: [] });
    },
  );
});
