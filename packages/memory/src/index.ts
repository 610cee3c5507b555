/** The embedded transport. */
export { MemoryTransport } from './memory-transport';
