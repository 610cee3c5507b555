/** `concord acl` on a nats-server: a user for each method and direction of the examples, which can do this, and nothing else. */
import 'reflect-metadata';
import type { NatsTransport } from 'concord-rpc';
import { collect } from '../fixtures/collect';
import { failure } from '../fixtures/failure';
import { until } from '../fixtures/until';
import {
  type AclFleet,
  type AnyClient,
  DELIVERY,
  type Direction,
  type ExampleMethod,
  GRANTS,
  METHODS,
  startAclFleet,
} from './acl-fleet';

let fleet: AclFleet;
beforeAll(async () => {
  fleet = await startAclFleet();
});
afterAll(() => fleet.stop());

/** The form of a client that sends a method in each direction. */
const SENT: Readonly<Record<Direction, (client: AnyClient, method: ExampleMethod) => Promise<unknown>>> = {
  call: (client, { method, args }) => client[method]!(...args),
  cast: (client, { method, args }) => client.$cast[method]!(...args),
  to: (client, { method, mode, args, server }) =>
    (mode === 'cast' ? client.$to(server).$cast : client.$to(server))[method]!(...args),
  fanout: (client, { method, args }) => client.$fanout[method]!(...args),
  each: (client, { method, args }) => collect(client.$each[method]!(...args)),
};

/** Minors of one, two and three digits. */
const MINORS = ['0', '9', '1.0', '1.3.7'];

/** The subjects of every method in every direction, also to servers that do not run. */
const EVERY_SUBJECT = METHODS.flatMap(({ topic, method, server }) =>
  ['any', 'all', `to.${server}`, 'to.another'].flatMap((delivery) =>
    MINORS.map((minor) => `${topic}.${delivery}._.1.${method}.${minor}`),
  ),
);

/** Publishes to all subjects. Resolves to those that the broker let pass. */
async function allowed(transport: NatsTransport, subjects: readonly string[]): Promise<readonly string[]> {
  const refused = new Set<string>();
  const stop = transport.onPublishRefused((subject) => void refused.add(subject));
  for (const subject of subjects) transport.publish(subject, Buffer.alloc(0));
  await transport.flush();
  stop();
  return subjects.filter((subject) => !refused.has(subject));
}

/** Subscribes to all subjects. Resolves to those that the broker let pass. */
async function subscribed(transport: NatsTransport, subjects: readonly string[]): Promise<readonly string[]> {
  const tried = subjects.map((text) => {
    const [subject, queue] = text.split(' ');
    return { text, subscription: transport.subscribe(subject!, { queue, deliver: () => undefined }) };
  });
  await transport.flush();
  const passed = tried.filter(({ subscription }) => subscription.refused === undefined).map(({ text }) => text);
  await Promise.all(tried.map(({ subscription }) => subscription.drain()));
  return passed;
}

const TOPICS = [...new Set(METHODS.map(({ topic }) => topic))];

/** Subscriptions that read the messages of others. */
const TAPS = [
  ...['>', 'rpc.>', 'rpc.*.*.any.>', '*.*.*.any.>', 'rpcr.>', 'rpcr.*.>', 'rpcr.*.*.*.*', 'rpcr.ops.>', 'rpcr.controller-1.>'],
  ...['_INBOX.>', '_INBOX.ops.>', '_R_.>', '$SRV.>', '$SYS.>', '$JS.>'],
  ...TOPICS.flatMap((topic) => [
    `${topic}.>`,
    `${topic}.any.>`,
    `${topic}.any.> ${topic.split('.').at(-1)}`,
    `${topic}.all.>`,
    `${topic}.at.>`,
  ]),
  ...METHODS.flatMap(({ topic, server, method }) => [`${topic}.to.${server}.>`, `${topic}.any._.1.${method}.>`]),
];

/** Messages that only a server, or another user, may send. */
const POSING = [
  ...['rpcr.ops.c.s.0', 'rpcr.controller-1.c.s.0', '_INBOX.ops.x', '_R_.x', '$SRV.PING', '$SYS.REQ.SERVER.PING', 'anything'],
  ...METHODS.flatMap(({ topic, server }) => [
    ...[`${topic}.here.${server}`, `${topic}.here.${server}.${'0.'.repeat(15)}1`, `${topic}.all._concord.1.usage.0`],
    ...[`${topic}.to.${server}._concord.1.usage.0`, `${topic}.to.${server}._concord.1.describe.0`],
  ]),
];

test.each(GRANTS)('$user', async (grant) => {
  const { user, key, direction, method, topic, server, result, mode } = grant;
  const transport = await fleet.connect(user);
  const client = await fleet.client(user, key, { each: { count: 1 } }); // else it waits a second for further servers
  // what it may do, it can do
  fleet.received.length = 0;
  const returned = await SENT[direction](client, grant);
  await until(() => fleet.received.length === 1);
  expect(fleet.received).toEqual([`${server} ${method}`]);
  if (direction === 'call' || (direction === 'to' && mode !== 'cast')) expect(returned).toEqual(result);
  if (direction === 'each') expect(returned).toEqual([{ server, value: result }]);
  // the broker lets pass this method in this direction, at each minor, and no other message
  const own = (to: string) => MINORS.map((minor) => `${topic}.${DELIVERY[direction](to)}._.1.${method}.${minor}`);
  expect(new Set(await allowed(transport, EVERY_SUBJECT))).toEqual(
    new Set([...own(server), ...(direction === 'to' ? own('another') : [])]),
  );
  expect(await allowed(transport, POSING)).toEqual([]);
  expect(await subscribed(transport, TAPS)).toEqual([]);
  expect(await subscribed(transport, [`rpcr.${user}.>`, `${topic}.here.*`])).toHaveLength(2);
  // a client of another direction or method says so, and that nothing ran
  const [otherMethod] = METHODS.filter((each) => each.key !== key && each.mode === 'any');
  const others = GRANTS.filter(
    (each) => each.key === key && each.method === method && DELIVERY[each.direction](server) !== DELIVERY[direction](server),
  );
  const attempts = [
    ...others.map((each) => SENT[each.direction](client, each)),
    SENT.call(await fleet.client(user, otherMethod!.key), otherMethod!),
  ];
  for (const error of await Promise.all(attempts.map((attempt) => failure(attempt)))) {
    expect(error).toMatchObject({ code: 'permission_denied', executed: 'no' });
  }
});
