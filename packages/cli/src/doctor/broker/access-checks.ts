/** Checks of the permissions of a user, and of other subscribers to the messages of a fleet. */

import { randomBytes } from 'node:crypto';
import { PING, permitted, replySubjects, subjects } from '@concord-rpc/core/wire';
import { type DoctorCheck, notChecked, ok, type Result, warning } from '../../diagnosis/check';
import { listed } from '../../diagnosis/listed';
import type { FleetFacts, TopicFacts } from './fleet-facts';
import { maySubscribe, whoListens } from './tried';

/** The most methods of a topic whose listeners are looked for. */
const MOST_TRIED = 100;

/** The checks of access. */
export const ACCESS_CHECKS: readonly DoctorCheck<FleetFacts>[] = [
  { name: 'topics', run: topics },
  { name: 'permissions', run: permissions },
  { name: 'replies of others', run: repliesOfOthers },
  { name: 'calls of others', run: callsOfOthers },
  { name: 'other listeners', run: otherListeners },
];

function topics({ topics: found, unfound }: FleetFacts): readonly Result[] {
  if (unfound !== undefined) return notChecked(unfound.message, unfound.remedy ?? 'name the topic: --topic EXCHANGE/TOPIC');
  return ok(`${found.map(({ name, servers }) => `${name} (${servers.length})`).join(', ')}`);
}

function permissions({ topics: found }: FleetFacts): readonly Result[] {
  return found.flatMap(({ name, denied }) => {
    if (denied.length === 0) return ok(`${name}: this user can ask for servers, contracts and callers, and hear signs`);
    return denied.flatMap(({ what, subject }) =>
      notChecked(
        `${name}: this user cannot ${what}`,
        `allow it ${what.startsWith('hear') ? 'to subscribe' : 'to publish'} to ${subject}`,
      ),
    );
  });
}

async function repliesOfOthers({ fleet: { connection } }: FleetFacts): Promise<readonly Result[]> {
  const { root, inbox } = connection.transport;
  const others = replySubjects.everythingTo(root, `x${randomBytes(8).toString('hex')}`); // the inbox of no user
  if (!(await maySubscribe(connection, others))) return ok('this user cannot read replies to others');
  const own = replySubjects.everythingTo(root, inbox ?? 'NAME');
  return warning(`this user can read the replies to all users`, `allow it to subscribe to ${own} only, as concord acl does`);
}

async function callsOfOthers({ fleet: { connection }, topics: found }: FleetFacts): Promise<readonly Result[]> {
  if (found.length === 0) return notChecked('no topic is known', 'start a server, or name the topic: --topic EXCHANGE/TOPIC');
  const tried = found.map(async ({ name, address, methods }) => {
    const [{ namespace, major }] = methods.length > 0 ? methods : [{ namespace: null, major: 0 }];
    const subject = permitted.everyMinor(subjects.anyPrefix(address), {
      namespace: namespace ?? null,
      major: major ?? 0,
      method: `x${randomBytes(8).toString('hex')}`,
    });
    return (await maySubscribe(connection, subject)) ? [name] : [];
  });
  const open = (await Promise.all(tried)).flat();
  if (open.length === 0) return ok('this user cannot read calls to servers');
  return warning(
    `this user can read all calls on ${listed(open)}, and serve them`,
    'write the permissions of each user: concord acl',
  );
}

async function otherListeners({ fleet: { connection }, topics: found }: FleetFacts): Promise<readonly Result[]> {
  const results = await Promise.all(found.map(async (topic) => ({ topic, tapped: await tappedSubjects(topic) })));
  return results.flatMap(({ topic: { name }, tapped }) => {
    if (tapped === undefined)
      return notChecked(`${name}: this user cannot find other subscribers`, 'allow it to publish to ….to.*._concord.1.ping.0');
    if (tapped.length === 0) return ok(`${name}: only its servers are subscribed`);
    return warning(
      `${name}: a subscriber beside its servers receives ${listed(tapped)}: the broker cannot report "no responders" there`,
      'find it: nats server report connections --subscriptions, or a stream or a service import of these subjects; if it is meant to be there, nothing is to be done',
    );
  });

  /** The subjects without a server that have a subscriber; `undefined` if this user may try none. */
  async function tappedSubjects({ address, methods }: TopicFacts): Promise<readonly string[] | undefined> {
    const unused = subjects.serverPrefix(address, `x${randomBytes(8).toString('hex')}`);
    const tries = [
      [permitted.prefixOf('to', address), subjects.systemSubject(unused, PING)] as const,
      ...methods.slice(0, MOST_TRIED).map((method) => {
        const prefix = subjects.anyPrefix(address);
        return [permitted.everyMinor(prefix, method), subjects.unservedSubject(subjects.methodSubject(prefix, method))] as const;
      }),
    ];
    const tapped: string[] = [];
    let denied = 0;
    for (const [shown, subject] of tries) {
      const listened = await whoListens(connection, subject);
      if (listened === 'tapped') tapped.push(shown);
      if (listened === 'denied') denied++;
    }
    return denied === tries.length ? undefined : tapped;
  }
}
