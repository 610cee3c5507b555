/** The failure of a call as its user sees it: the error, its data, whether it ran, and the exit code. */
import { RpcError } from '@concord-rpc/core';
import { type ExitCode, exitCodeOfCall } from '../console/exit-codes';
import type { Io } from '../console/io';
import { plainJson } from '../plain/plain-json';

const RAN = { no: 'the call did not run', maybe: 'the call may have run', yes: 'the call ran' } as const;

/** Writes the error of a call to standard error, as text or as one line of JSON. Returns the exit code. */
export function tellFailure(io: Io, thrown: unknown, { json = false }: { readonly json?: boolean }): ExitCode {
  const error = RpcError.from(thrown);
  const { code, executed, data, message } = error;
  if (json) io.err(`${plainJson({ error: error.toWire() })}\n`);
  else {
    io.err(`error: ${message}\n`);
    if (data !== undefined) io.err(`  ${plainJson(data)}\n`);
    io.err(`  ${RAN[executed]}\n`);
  }
  return exitCodeOfCall({ code, executed });
}
