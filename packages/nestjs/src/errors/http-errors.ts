/** HTTP exceptions of NestJS as errors of Concord. */

import { type ErrorCode, RpcError } from '@concord-rpc/core';
import type { Violation } from '@concord-rpc/core/engine';
import { HttpException } from '@nestjs/common';

/** The codes by HTTP status. A status that is not here says something about the application: declare an error for it in the contract. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_argument',
  401: 'permission_denied',
  403: 'permission_denied',
  408: 'deadline_exceeded',
  422: 'invalid_argument',
  429: 'overloaded',
  501: 'not_implemented',
  503: 'overloaded',
  504: 'deadline_exceeded',
};

/** Returns an HTTP exception as the error for the caller; `undefined` if its status has no code, and for other values. */
export function fromHttpException(thrown: unknown): RpcError | undefined {
  if (!(thrown instanceof HttpException)) return undefined;
  const code = CODES[thrown.getStatus()];
  if (code === undefined) return undefined;
  const texts = textsOf(thrown);
  const violations: Violation[] = texts.map((message) => ({ path: 'argument', message }));
  const data = code === 'invalid_argument' ? { violations } : undefined;
  return new RpcError(code, texts.join('; '), { data: data as never });
}

/** Returns the messages of an exception: those of `ValidationPipe` are a list. */
function textsOf(exception: HttpException): string[] {
  const response: unknown = exception.getResponse();
  const given = typeof response === 'object' && response !== null ? (response as { message?: unknown }).message : response;
  const texts = (Array.isArray(given) ? given : [given]).filter((text) => typeof text === 'string');
  return texts.length > 0 ? texts : [exception.message];
}
