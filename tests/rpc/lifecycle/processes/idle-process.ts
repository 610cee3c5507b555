/** A process that listens for signals and does nothing else: it ends by itself. */
import { MemoryTransport, stopOnSignals } from 'concord-rpc';

stopOnSignals(new MemoryTransport());
