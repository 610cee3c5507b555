/** Runs one call on a live fleet: prepared, sent, followed for `--verbose`, and its failure told. */
import type { CallOptions } from '@concord-rpc/client';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { CallCommandOptions } from '../inputs/call-options';
import { withFleet } from '../live/with-fleet';
import { tellFailure } from './call-failure';
import { type GivenCall, type MethodCall, prepareCall } from './method-call';
import { tellAttempts } from './told-attempts';

/** Sends a call and prints what it gives. */
type SendCall<Options> = (call: MethodCall, options: Options) => Promise<ExitCode>;

/**
 * Runs a call with the options of a command. Returns the exit code of `send`, or that of the error which it threw.
 *
 * @throws CommandFailure if the method is not served, or if the arguments do not fit.
 */
export async function runCall<Options extends CallCommandOptions>(
  io: Io,
  given: GivenCall<Options>,
  send: SendCall<Options>,
  more: CallOptions = {},
): Promise<ExitCode> {
  const { options } = given;
  const signal = io.stopSignal?.();
  return withFleet(io, options, async (fleet) => {
    const call = await prepareCall(io, fleet, given, { signal, ...more });
    const { live, name } = call;
    const contract = live.key.slice(0, live.key.lastIndexOf('@'));
    const end = options.verbose === true ? tellAttempts({ contract, method: name }, (line) => io.err(`${line}\n`)) : undefined;
    try {
      return await send(call, options);
    } catch (thrown) {
      if (thrown instanceof CommandFailure) throw thrown;
      if (call.method.mode === 'stream' && signal?.aborted === true) return EXIT.ok; // the usual end of a stream without end
      return tellFailure(io, thrown, options);
    } finally {
      end?.();
    }
  });
}
