/** The embedded transport. */
export { MemoryTransport, type MemoryTransportOptions } from './memory-transport';
