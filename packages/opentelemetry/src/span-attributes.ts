/** The attributes of spans that are recorded, from the facts of the calls, attempts and requests that have ended. */
import { type AttemptFacts, type CallFacts, type RequestFacts, safeText } from '@concord-rpc/core/engine';
import type { Attributes } from '@opentelemetry/api';
import { ATTRIBUTES } from './conventions';

/** The longest text that another process sent, in characters. */
const LONGEST = 256;

/** Returns the attributes of a client's span, beside those of its method. */
export function callAttributes(call: CallFacts): Attributes {
  const { mode, needs, server } = call;
  const attributes: Attributes = {
    [ATTRIBUTES.mode]: mode,
    [ATTRIBUTES.contractVersion]: call.contractVersion,
    [ATTRIBUTES.executed]: call.executed,
    [ATTRIBUTES.attempts]: call.attempts,
    [ATTRIBUTES.bytesSent]: call.bytesSent,
    [ATTRIBUTES.bytesReceived]: call.bytesReceived,
  };
  if (needs !== undefined) attributes[ATTRIBUTES.needs] = needs;
  if (server !== undefined) attributes[ATTRIBUTES.server] = safeText(server, LONGEST);
  if (call.isOlderForm) attributes[ATTRIBUTES.olderForm] = true;
  if (mode === 'stream' || mode === 'each') attributes[ATTRIBUTES.items] = call.items;
  return attributes;
}

/** Returns the attributes of the event of one message. */
export function attemptAttributes(attempt: AttemptFacts): Attributes {
  return {
    [ATTRIBUTES.attempt]: attempt.number,
    [ATTRIBUTES.needs]: attempt.needs,
    [ATTRIBUTES.statusCode]: attempt.verdict,
    [ATTRIBUTES.executed]: attempt.executed,
    [ATTRIBUTES.duration]: attempt.milliseconds,
  };
}

/** Returns the attributes of a server's span, beside those of its method. Texts of the caller are made safe. */
export function requestAttributes(request: RequestFacts): Attributes {
  const { asked, method, target, needs, queued, contractVersion, caller, callerVersion } = request;
  const attributes: Attributes = {
    [ATTRIBUTES.mode]: request.mode,
    [ATTRIBUTES.server]: request.server,
    [ATTRIBUTES.executed]: request.executed,
    [ATTRIBUTES.bytesSent]: request.bytesSent,
    [ATTRIBUTES.bytesReceived]: request.bytesReceived,
  };
  // also a method that was called by a former name
  if (asked !== `${target?.namespace ?? '_'}.${method}`) attributes[ATTRIBUTES.methodOriginal] = safeText(asked, LONGEST);
  if (contractVersion !== undefined) attributes[ATTRIBUTES.contractVersion] = contractVersion;
  if (needs !== undefined) attributes[ATTRIBUTES.needs] = needs;
  if (queued !== undefined) attributes[ATTRIBUTES.queued] = queued;
  if (typeof caller === 'string') attributes[ATTRIBUTES.caller] = safeText(caller, LONGEST);
  if (callerVersion !== undefined) attributes[ATTRIBUTES.callerVersion] = safeText(callerVersion, LONGEST);
  return attributes;
}
