/** Refusals of calls whose handler did not run, whatever code of NestJS threw. */
import { randomUUID } from 'node:crypto';
import { type InterceptedCall, isRpcError, RpcError } from '@concord-rpc/core';
import { type ErrorMapper, Refusal } from '@concord-rpc/server';
import type { LoggerService } from '@nestjs/common';

/**
 * Returns the refusal of a call for what was thrown before its handler ran. An `RpcError` that says `executed: 'no'` is sent as it is; another error as
 * it is mapped. An error that is not mapped is `internal`, and the log has it.
 */
export function refusalOf(thrown: unknown, call: InterceptedCall, mapError: ErrorMapper, logger: LoggerService): Refusal {
  if (isRpcError(thrown) && thrown.executed === 'no') return new Refusal(thrown);
  const mapped = mapError(thrown, call);
  if (mapped !== undefined) {
    const { code, rawMessage, retryable, data, id } = mapped;
    return new Refusal(new RpcError(code, rawMessage, { executed: 'no', retryable, data: data as never, id }));
  }
  const id = randomUUID();
  logger.error(
    `${call.label} failed before its handler ran (${id}): ${String(thrown)}`,
    (thrown as Partial<Error> | undefined)?.stack,
  );
  const sentence = `${call.label} failed before its handler ran; the server's log has the details under ${id}`;
  return new Refusal(new RpcError('internal', sentence, { executed: 'no', id }));
}
