/** The injection tokens of the connection and of the options. */

/** The token of the connection to the broker. A test replaces it with a `MemoryTransport`. */
export const CONCORD_TRANSPORT: unique symbol = Symbol('CONCORD_TRANSPORT');

/** The token of the module's options. */
export const CONCORD_OPTIONS: unique symbol = Symbol('CONCORD_OPTIONS');
