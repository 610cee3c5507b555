/** Calls of an interface as they pass, from the servers that show them to observers. */
import { type CallWatch, type WatchedCall, watchCalls } from '@concord-rpc/client';
import { isRpcError } from '@concord-rpc/core';
import type { subjects } from '@concord-rpc/core/wire';
import type { PassingCall, PassingCalls } from '@concord-rpc/inspector';
import { counted } from '../console/plural';
import { readEndpointName } from '../inputs/method-name';
import type { Fleet } from '../live/with-fleet';

/** Most calls a second that each server shows. */
const RATE = 50;

/** Watches an interface on every topic that serves it. Returns a function that ends it. */
export function watchInterface(fleet: Fleet, endpoint: string, { onCall, onNote }: PassingCalls): () => void {
  const { name, major } = readEndpointName(endpoint);
  const watches: CallWatch[] = [];
  let isOver = false;
  const watch = (address: subjects.Address) =>
    watchCalls(fleet.connection, address, {
      part: { rate: RATE, args: 0, only: [endpoint] },
      listener: {
        onCall: (call) => {
          if (call.event === 'ended') onCall(passing(call, endpoint));
        },
        onLeftOut: (server, calls) =>
          onNote(`${counted(calls, 'call')} of ${server} left out: it shows at most ${RATE} a second.`),
        onLost: (server, messages) => onNote(`${counted(messages, 'message')} of ${server} lost.`),
        onServer: (server, state) => {
          if (isRpcError(state)) onNote(`${server} cannot be watched: ${state.rawMessage}`);
        },
        onDenied: ({ rawMessage }) => onNote(`${rawMessage}. The user needs the role observer.`),
      },
    });
  fleet.services(name).then(
    (found) => {
      if (isOver) return;
      const served = found.filter(({ version }) => Number.parseInt(version, 10) === major);
      const topics = new Map(served.map((each) => [`${each.exchange}/${each.topic}`, fleet.address(each)]));
      watches.push(...[...topics.values()].map(watch));
    },
    (thrown: Error) => onNote(thrown.message),
  );
  return () => {
    isOver = true;
    for (const each of watches) void each.stop();
  };
}

function passing({ server, begin: { method, caller, needs, at }, end }: WatchedCall, endpoint: string): PassingCall {
  return {
    at,
    endpoint,
    method: method.slice(endpoint.length + 1),
    caller,
    server,
    needs,
    outcome: end!.verdict,
    milliseconds: end!.ms,
  };
}
