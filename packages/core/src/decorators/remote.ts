/** The stub body of a contract's methods, which only tells that the method is not implemented. */
import { RpcError } from '../errors/rpc-error';

const CALLER = /^\s*at (?:async )?([\w$]+)\.([\w$]+)/m;

/**
 * The stub body of a method in a contract class: `getPorts(host: string): Promise<Port[]> { return remote(); }`.
 *
 * @throws RpcError `not_implemented`, always, naming class and method.
 */
export function remote(): never {
  const trace: { stack?: string } = {};
  Error.captureStackTrace(trace, remote);
  const [, type, method] = CALLER.exec(trace.stack ?? '') ?? [];
  throw notImplemented(type === undefined ? 'a method of a contract' : `${type}.${method}`, 'remote()');
}

/** Returns the error of a call of a stub. */
export function notImplemented(method: string, stub: string): RpcError {
  return new RpcError(
    'not_implemented',
    `${method} is not implemented: ${stub} is the stub body of a contract; call it through createClient`,
  );
}
