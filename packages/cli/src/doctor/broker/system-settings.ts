/** The settings of a broker, which it tells to users of its system account. */
import type { Connection } from '@concord-rpc/client';
import type { BrokerSettings } from './broker-checks';
import { ownReply } from './tried';

const QUESTION = '$SYS.REQ.SERVER.PING.VARZ';
const LONGEST_WAIT = 1_000;
const NANOSECONDS = 1e6;

/** Asks the broker for its settings; `undefined` if this user may not ask, or is of another account. */
export function systemSettings({ transport }: Connection): Promise<BrokerSettings | undefined> {
  const reply = ownReply(transport);
  return new Promise((resolve) => {
    const end = (settings?: BrokerSettings) => {
      clearTimeout(timer);
      stop();
      void subscription.drain();
      resolve(settings);
    };
    const timer = setTimeout(end, LONGEST_WAIT);
    const stop = transport.onPublishRefused((subject) => {
      if (subject === QUESTION) end();
    });
    const subscription = transport.subscribe(reply, {
      deliver: ({ data }) => end(readSettings(data)),
      noResponders: () => end(),
      onRefused: () => end(),
    });
    transport.publish(QUESTION, new Uint8Array(), reply);
  });
}

function readSettings(data: Uint8Array): BrokerSettings | undefined {
  try {
    const { ping_interval: interval, ping_max: most } = JSON.parse(Buffer.from(data).toString('utf8')).data;
    return Number.isFinite(interval) && Number.isFinite(most)
      ? { pingInterval: interval / NANOSECONDS, pingMax: most }
      : undefined;
  } catch {
    return undefined;
  }
}
