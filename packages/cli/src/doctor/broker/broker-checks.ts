/** Checks of a broker by what it says of itself before a login. */
import { type DoctorCheck, notChecked, ok, type Result, warning, wrong } from '../../diagnosis/check';
import { isInRange } from '../../diagnosis/version-range';
import type { BrokerInfo } from './broker-info';

/** A broker. */
export interface BrokerFacts extends BrokerInfo {
  readonly host: string;
  /** Its settings, if this user may ask for them. */
  readonly settings: BrokerSettings | undefined;
}

/** Settings that a broker tells only to its system account. */
export interface BrokerSettings {
  /** Milliseconds. */
  readonly pingInterval: number;
  readonly pingMax: number;
}

/** Faults of releases, the worst first: the first release without it. */
const FAULTS: readonly (readonly [fixed: string, fault: string, verdict: typeof wrong])[] = [
  ['2.2.0', 'it does not report "no responders", so calls without a server wait for their deadlines', wrong],
  ['2.9.16', 'it goes on delivering calls to a server that hangs, as long as calls arrive', warning],
];

const LEAST_PAYLOAD = 65_536;
const MOST_PAYLOAD = 8_388_608;
/** Milliseconds after which the broker should have noticed a dead connection. */
const LONGEST_SILENCE = 60_000;
const PINGS = 'set ping_interval: "5s" and ping_max: 2 in the configuration of nats-server';

/** The checks of a broker. */
export const BROKER_CHECKS: readonly DoctorCheck<BrokerFacts>[] = [
  { name: 'version', run: version },
  { name: 'headers', run: headers },
  { name: 'max_payload', run: maxPayload },
  { name: 'logins', run: logins },
  { name: 'TLS', run: tls },
  { name: 'lame duck', run: lameDuck },
  { name: 'pings', run: pings },
];

function version({ version: found }: BrokerFacts): readonly Result[] {
  const fault = FAULTS.find(([fixed]) => isInRange(found, `>=${fixed}`) === false);
  if (fault === undefined) return ok(`nats-server ${found}`);
  const [, what, verdict] = fault;
  return verdict(`nats-server ${found}: ${what}`, `upgrade it to ${FAULTS.at(-1)![0]} or later`);
}

function headers({ headers: hasHeaders }: BrokerFacts): readonly Result[] {
  if (hasHeaders) return ok('headers are on: the broker reports "no responders"');
  return wrong(
    'headers are off: the broker does not report "no responders", so calls without a server wait for their deadlines',
    'remove no_header_support from the configuration of nats-server',
  );
}

function maxPayload({ maxPayload: bytes }: BrokerFacts): readonly Result[] {
  const size = `${Math.round(bytes / 1_024)} KiB`;
  if (bytes < LEAST_PAYLOAD)
    return warning(
      `max_payload is ${size}: larger calls and results are refused`,
      'set max_payload: 1MB in the configuration of nats-server',
    );
  if (bytes > MOST_PAYLOAD)
    return warning(
      `max_payload is ${size}: large messages delay all others of a connection`,
      'set max_payload: 1MB, and send large results as streams',
    );
  return ok(`max_payload is ${size}`);
}

function logins({ needsLogin }: BrokerFacts): readonly Result[] {
  if (needsLogin) return ok('the broker asks for a login');
  return warning(
    'the broker takes connections without a login: anyone can serve each topic and read all messages',
    'write the permissions of each user: concord acl',
  );
}

function tls({ needsTls, host }: BrokerFacts): readonly Result[] {
  if (needsTls) return ok('connections are encrypted');
  if (/^(?:localhost|127\.|::1$)/.test(host)) return ok('not encrypted, on the loopback interface');
  return warning(
    `connections to ${host} are not encrypted, passwords included`,
    'add a tls block to the configuration of nats-server',
  );
}

function lameDuck({ isLeaving }: BrokerFacts): readonly Result[] {
  return isLeaving ? warning('this node is shutting down (lame duck)', 'connect to another node, or start this one again') : [];
}

function pings({ settings }: BrokerFacts): readonly Result[] {
  if (settings === undefined)
    return notChecked('the broker tells its ping_interval only to its system account', `log in as a user of it, or ${PINGS}`);
  const { pingInterval, pingMax } = settings;
  const silence = pingInterval * (pingMax + 1);
  if (silence <= LONGEST_SILENCE) return ok(`a dead connection is noticed within ${silence / 1_000} s`);
  return warning(`a dead connection keeps its share of the calls for up to ${silence / 1_000} s`, PINGS);
}
