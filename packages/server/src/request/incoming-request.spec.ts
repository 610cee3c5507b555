/** The states of a request: every transition that exists works, and every other one throws. */
import { jsonCodec } from '@concord-rpc/core/wire';
import { IncomingRequest, type RequestState } from './incoming-request';

const STATES: readonly RequestState[] = ['deciding', 'queued', 'running', 'abandoned', 'answered'];
/** The way to each state. */
const PATHS: Readonly<Record<RequestState, readonly RequestState[]>> = {
  deciding: [],
  queued: ['queued'],
  running: ['running'],
  abandoned: ['running', 'abandoned'],
  answered: ['answered'],
};
const LEGAL = new Set([
  'deciding queued',
  'deciding running',
  'deciding answered',
  'queued running',
  'queued answered',
  'running abandoned',
  'running answered',
  'abandoned answered',
]);

function requestThatIs(state: RequestState): IncomingRequest {
  const message = { subject: 'rpc.default.till.any._.1.pay.0', reply: 'rpcr.x.1', form: 'alone' as const, codec: jsonCodec };
  const request = new IncomingRequest('s', message, { args: [] });
  for (const each of PATHS[state]) request.become(each);
  return request;
}

test.each(STATES.flatMap((from) => STATES.map((to) => [from, to] as const)))('%s to %s', (from, to) => {
  const request = requestThatIs(from);
  const become = () => request.become(to);
  if (LEGAL.has(`${from} ${to}`)) {
    become();
    expect(request.state).toBe(to);
  } else {
    expect(become).toThrow(`a request that is ${from} cannot become ${to}`);
    expect(request.state).toBe(from);
  }
});

test.each(['answered', 'abandoned'] as const)('the heartbeats of a request end when it is %s', (end) => {
  const request = requestThatIs('running');
  const stop = jest.fn();
  request.heartbeat = { stop } as never;
  request.become(end);
  expect(stop).toHaveBeenCalledTimes(1);
});
