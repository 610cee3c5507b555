/** The subscriptions of the servers of both kinds; each kind gives its own callbacks. */
import { furtherMethod } from '../../workloads.mjs';
import { methodOf } from './calls.mjs';

/** Starts servers. `callbacksOf` gives a connection's callbacks: `ofCalls(method)` for the calls of a method, `ofCasts(method)` for its casts. */
export async function serveMethods({ url, scope, servers, methods, handlers }, callbacksOf) {
  const { connect } = await import('nats');
  for (let server = 0; server < servers; server++) {
    const nc = await connect({ servers: url, noAsyncTraces: true });
    const { ofCalls, ofCasts } = callbacksOf(nc);
    const offer = (name, method) => nc.subscribe(`${scope}.${name}`, { queue: 'workers', callback: ofCalls(method) });
    for (const [name, handle] of Object.entries(handlers)) offer(name, methodOf(name, handle));
    for (let index = 0; index < methods; index++) offer(furtherMethod(index), methodOf('echo', handlers.echo));
    const callback = ofCasts(methodOf('count', handlers.count));
    nc.subscribe(`${scope}.cast.count`, { queue: 'workers', callback });
    nc.subscribe(`${scope}.all.count`, { callback });
    await nc.flush();
  }
}
