/** A call that the page asks for, read from the body of a request. */
import type { PageCall } from './messages';
import { BadRequest } from './request-body';

/** Milliseconds. */
const LONGEST = 600_000;

/**
 * Reads a call. Names and values are checked later, against the contract.
 *
 * @throws BadRequest if the body is not a call.
 */
export function readPageCall(body: Readonly<Record<string, unknown>>): PageCall {
  const { endpoint, method, args = {}, to, timeout } = body;
  const isObject = typeof args === 'object' && args !== null && !Array.isArray(args);
  if (typeof endpoint !== 'string' || typeof method !== 'string' || !isObject)
    throw new BadRequest(400, 'a call has an endpoint, a method and an object of arguments');
  if (to !== undefined && typeof to !== 'string') throw new BadRequest(400, 'the server of a call is a text');
  const isTime = typeof timeout === 'number' && timeout >= 1 && timeout <= LONGEST;
  if (timeout !== undefined && !isTime) throw new BadRequest(400, `the timeout of a call is from 1 to ${LONGEST} ms`);
  return { endpoint, method, args: args as PageCall['args'], to, timeout: timeout as number | undefined };
}
