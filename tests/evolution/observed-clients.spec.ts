/** Clients of a live fleet, derived from the counts of its servers, and the verdict of can-deploy on them. */

import type { ContractDocument } from '@concord-rpc/core';
import type { MethodDocument } from '@concord-rpc/core/engine';
import type { ReportedUse } from '@concord-rpc/core/wire';
import { type AskedServer, canDeploy, contractsAt, type FleetClient, observedClients } from '@concord-rpc/evolution';

const KEY = 'Ports@1';
const S = { type: 'string' };
const document = (version: string, methods: Record<string, MethodDocument>): ContractDocument => ({
  contract: 1,
  endpoints: { [KEY]: { version, topic: 'ports', methods } },
});
const ARGS = [
  { name: 'host', schema: S },
  { name: 'status', schema: S, since: '1.1', required: false },
];
const TODAY = document('1.2', {
  list: { mode: 'call', args: ARGS },
  listAll: { mode: 'call', since: '1.2', aliases: ['all'] },
  told: { mode: 'cast', since: '1.1', args: [{ name: 'host', schema: S }] },
});
const [V1_0, V1_1] = contractsAt(TODAY, KEY, ['1.0', '1.1']) as [ContractDocument, ContractDocument];

const use = (said: Partial<ReportedUse>): ReportedUse => ({
  endpoint: KEY,
  method: 'list',
  needs: '1.0',
  args: ['host'],
  calls: 2,
  ago: 9,
  ...said,
});
const asked = (server: string, contract: ContractDocument | undefined, ...uses: ReportedUse[]): AskedServer => ({
  server,
  contract,
  report: { server, seconds: 60, uses },
});
const observe = (...servers: AskedServer[]) => observedClients({ key: KEY, servers, committed: TODAY });
const brief = ({ name, contract, uses, why }: FleetClient) => [
  name,
  contract?.endpoints[KEY]?.version ?? why,
  ...(uses ?? []).map(({ method, args, needs }) => `${method}(${args?.join(', ')}) ${needs}`),
];

test.each<[string, AskedServer[], unknown[]]>([
  ['no client has called', [asked('a', TODAY)], []],
  [
    'what several servers saw of one client is one client',
    [
      asked('a', V1_1, use({ contract: '1.1', caller: 'ui' })),
      asked('b', TODAY, use({ contract: '1.1', caller: 'ui', args: ['status'] })),
    ],
    [['ui', '1.1', 'list(host, status) 1.0']],
  ],
  [
    'calls that need different versions are told apart',
    [asked('a', TODAY, use({ contract: '1.2' }), use({ contract: '1.2', needs: '1.1', args: ['host', 'status'] }))],
    [['callers-at-1.2', '1.2', 'list(host) 1.0', 'list(host, status) 1.1']],
  ],
  [
    'a client that is half upgraded is at two versions',
    [asked('a', TODAY, use({ contract: '1.0', caller: 'ui' }), use({ contract: '1.2', caller: 'ui' }))],
    [
      ['ui', '1.0', 'list(host) 1.0'],
      ['ui', '1.2', 'list(host) 1.0'],
    ],
  ],
  [
    'a method is known by the name that it had',
    [asked('a', TODAY, use({ contract: '1.0', method: 'all', args: [] }))],
    [['callers-at-1.0', '1.0', 'all() 1.0']],
  ],
  [
    'who says no version',
    [asked('a', TODAY, use({}), use({ caller: 'cron' }))],
    [
      ['callers-without-version', 'its calls declare no version', 'list(host) 1.0'],
      ['cron', 'its calls declare no version', 'list(host) 1.0'],
    ],
  ],
  [
    'a version that no contract has, and one of another major',
    [asked('a', TODAY, use({ contract: '1.5', caller: 'ui' }), use({ contract: '2.0' }))],
    [
      ['callers-at-2.0', 'no server has contract 2.0', 'list(host) 1.0'],
      ['ui', 'no server has contract 1.5', 'list(host) 1.0'],
    ],
  ],
  [
    'casts are of the version that they need, or of the calls of the same name',
    [
      asked(
        'a',
        TODAY,
        use({ method: 'told', cast: true, needs: '1.1' }),
        use({ method: 'told', cast: true, needs: '1.1', caller: 'ui' }),
        use({ contract: '1.2', caller: 'ui' }),
      ),
    ],
    [
      ['casts-needing-1.1', '1.1', 'told(host) 1.1'],
      ['ui', '1.2', 'list(host) 1.0', 'told(host) 1.1'],
    ],
  ],
  [
    'what a version did not have is judged by the server that took it',
    [asked('a', TODAY, use({ contract: '1.0', caller: 'ui', method: 'told', needs: '1.1' }))],
    [['ui', '1.2', 'told(host) 1.1']],
  ],
  ['other endpoints of the topic', [asked('a', TODAY, use({ endpoint: 'Nets@1', contract: '1.0' }))], []],
  [
    'servers that say nothing',
    [{ server: 'old', contract: V1_0, report: undefined, why: 'too old' }, asked('odd', undefined)],
    [
      ['callers-of-old', 'too old'],
      ['callers-of-odd', undefined],
    ],
  ],
])('%s', (_what, servers, expected) => {
  expect(observe(...servers).map(brief)).toEqual(expected);
});

test('of many servers, calls add up and the last call counts', () => {
  const seen = [
    asked('a', TODAY, use({ contract: '1.0', calls: 3, ago: 50 })),
    asked('b', TODAY, use({ contract: '1.0', ago: 7 })),
  ];
  expect(observe(...seen)[0]!.seen).toEqual({ calls: 5, ago: 7 });
});

test('where the clients are named, a server that does not count them leaves nothing open', () => {
  const servers: AskedServer[] = [{ server: 'old', contract: V1_0, report: undefined }, asked('odd', undefined)];
  const clients = observedClients({ key: KEY, servers, committed: TODAY, isNamed: true });
  expect(clients.map(({ name }) => name)).toEqual(['callers-of-odd']);
});

const { list, listAll } = TODAY.endpoints[KEY]!.methods as Record<string, MethodDocument>;
test.each<[string, ContractDocument, ReportedUse[], string]>([
  ['the same', TODAY, [use({ contract: '1.0' })], 'yes'],
  ['a method is removed that no client uses', document('1.3', { list: list! }), [use({ contract: '1.2' })], 'yes'],
  [
    'a method is removed that a client uses, although the committed file does not have it',
    document('1.3', { list: list!, listAll: listAll! }),
    [use({ contract: '1.1', method: 'told', needs: '1.1' })],
    'no',
  ],
  [
    'an argument is removed that no client passes',
    document('1.3', { list: { mode: 'call', args: [ARGS[0]!] } }),
    [use({ contract: '1.2' })],
    'yes',
  ],
  [
    'an argument is removed that a client passes',
    document('1.3', { list: { mode: 'call', args: [ARGS[0]!] } }),
    [use({ contract: '1.2', needs: '1.1', args: ['status'] })],
    'no',
  ],
  ['a cast goes', document('1.3', { list: list! }), [use({ method: 'told', cast: true, needs: '1.1' })], 'no'],
  ['who calls is not known', TODAY, [use({})], 'cannot tell'],
])('can deploy: %s', (_what, candidate, uses, answer) => {
  const clients = observedClients({ key: KEY, servers: [asked('a', TODAY, ...uses)], committed: candidate });
  expect(canDeploy({ key: KEY, candidate, servers: [TODAY], clients }).answer).toBe(answer);
});

test('what is inside of an argument may need more than the argument', () => {
  const ask = (servers: ContractDocument[], subjects?: 'plain') => {
    const clients = observe(asked('a', TODAY, use({ contract: '1.2', needs: '1.2' })));
    return canDeploy({ key: KEY, candidate: V1_1, servers, clients, subjects });
  };
  expect(ask([TODAY]).answer).toBe('yes');
  expect(ask([TODAY], 'plain').answer).toBe('no');
  expect(ask([V1_1]).clients[0]!.uses).toEqual([{ method: 'list', outcome: 'reject', needs: '1.2', rules: [] }]);
});
