/** The skew kit with an interface in MessagePack, renamed methods and changed values: from today's class, and from what was recorded. */
import type { ContractDocument } from '@concord-rpc/core';
import { contractAt, parseSnapshot, writeSnapshot } from '@concord-rpc/evolution';
import { Skew } from '@concord-rpc/testing';
import { contractOf } from 'concord-rpc';
import { Agents13, agentHandlers } from '../fixtures/contracts/agents';
import { Archive, type Piece, type Receipt } from '../fixtures/contracts/archive';
import { Flavors12 } from '../fixtures/contracts/flavors';

const TAKEN = new Date('2026-05-04T03:02:01Z');
const PIECE: Piece = { taken: TAKEN, content: Uint8Array.of(1, 2, 255), seen: [TAKEN], level: 3 };

/** Handlers that give back what they got, as instances of what the codec carries. */
const archive: Archive = {
  store: async (piece: Piece, until?: Date): Promise<Receipt> => ({
    at: until ?? piece.taken,
    digest: piece.content,
    pieces: [{ ...piece }],
  }),
  load: async (days: Date[]) => days.map((day) => Uint8Array.of(day.getUTCDate())),
};

/** As it comes back from a file. */
const filed = (snapshot: ContractDocument): ContractDocument => parseSnapshot(writeSnapshot(snapshot), 'contract.json');
const today = contractOf(Archive);
const RECORDED = { '1.0': filed(contractAt(today, 'Archive@1', { major: 1, minor: 0 })!), '1.1': filed(today) };

describe.each([
  ['as of today', undefined],
  ['recorded', RECORDED],
])('an interface in MessagePack, %s', (_what, recorded) => {
  const skew = new Skew<Archive>({ contract: Archive, implementation: archive, recorded });
  afterAll(() => skew.stop());

  test.each([
    ['1.1', '1.1', TAKEN.getTime() + 1, { taken: TAKEN, content: Uint8Array.of(1, 2, 255), seen: [TAKEN], level: 3 }],
    ['1.1', '1.0', TAKEN.getTime(), { taken: TAKEN, content: Uint8Array.of(1, 2, 255), level: 3 }],
  ])('a client at %s and a server at %s: dates and bytes arrive as such', async (client, server, at, piece) => {
    await skew.serve(server);
    const { store } = skew.client(client);
    const receipt = await store(PIECE, new Date(TAKEN.getTime() + 1));
    expect(receipt.at).toEqual(new Date(at));
    expect(receipt.pieces).toEqual([piece]);
    expect(receipt.digest).toEqual(server === '1.0' ? undefined : PIECE.content);
  });

  test('an old client gets what it knows, of dates and bytes too', async () => {
    await skew.serve('1.1');
    const { store, load } = skew.client('1.0');
    await expect(store({ taken: TAKEN, level: 3 })).resolves.toEqual({ at: TAKEN, pieces: [{ taken: TAKEN, level: 3 }] });
    await expect(load([TAKEN])).resolves.toEqual([Uint8Array.of(4)]);
  });

  test('what is no date, and what had to be there, is refused by the version that it needs', async () => {
    await skew.serve('1.0');
    const { store } = skew.client('1.1');
    await expect(store({ taken: TAKEN })).rejects.toThrow(
      'Archive.store needs 1.1 because piece.level is left out; served: 1.0 ×1',
    );
    await expect(store({ taken: TAKEN, level: 10 })).rejects.toThrow('needs 1.1 because of piece.level');
    const wrong = store({ taken: 'today' as never, level: 1 });
    await expect(wrong).rejects.toMatchObject({ data: { violations: [{ path: 'piece.taken', message: 'must be a Date' }] } });
  });
});

test('renamed methods are called by the name that each version had, also where its contract was recorded', async () => {
  const document = contractOf(Agents13);
  const recorded = { '1.3': filed(document), '1.1': filed(contractAt(document, 'Agents@1', { major: 1, minor: 1 })!) };
  const skew = new Skew<Agents13>({ contract: Agents13, implementation: agentHandlers('s', []) as Agents13, recorded });
  for (const server of ['1.3', '1.2', '1.1']) {
    await skew.serve(server);
    await expect(skew.client('1.3').getState('h', 'w')).resolves.toMatchObject({ server: 's', host: 'h' });
  }
  await skew.stop();
});

test('a recorded contract knows which values and limits of arguments came later', async () => {
  const document = contractOf(Flavors12);
  const implementation = { list: async () => 'listed', page: async () => 'paged' };
  const skew = new Skew<Flavors12>({ contract: Flavors12, implementation, recorded: { '1.2': filed(document) } });
  await skew.serve('1.1');
  const flavors = skew.client('1.2');
  await expect(flavors.list('id', 100, [])).resolves.toBe('listed');
  for (const [args, why] of [
    [['age', 5, []], 'because of by'],
    [['id', 101, []], 'because of limit'],
    [['id', 5], 'because tags is left out'],
  ] as const) {
    await expect(flavors.list(...(args as unknown as [string, number, string[]]))).rejects.toThrow(`needs 1.2 ${why}`);
  }
  await expect(flavors.page({})).resolves.toBe('paged');
  await skew.serve('1.2');
  await expect(flavors.list('size', 5, [])).rejects.toThrow('no_servers');
  await expect(skew.client('1.2').list('size', 5, [])).rejects.toThrow('by: must be one of "age", "id", "name"');
  await skew.stop();
});
