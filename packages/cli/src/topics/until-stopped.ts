/** The end of a command that runs until it is stopped, or until its connection has closed. */
import type { Transport } from '@concord-rpc/core';
import type { Io } from '../console/io';

/** Resolves when the user stops the command, or when the connection has closed for good. */
export async function untilStopped(io: Io, transport: Pick<Transport, 'onClosed'>): Promise<void> {
  await new Promise<void>((resolve) => {
    const signal = io.stopSignal?.();
    if (signal?.aborted === true) resolve();
    signal?.addEventListener('abort', () => resolve());
    transport.onClosed(() => resolve());
  });
}
