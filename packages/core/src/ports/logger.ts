/** The port of a logger, for messages to operators. */

/** The facts of a line, for logs that programs read: `server`, `method`, `code`, `broker` and others. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * A logger. `console`, pino, bunyan, winston and Nest's `Logger` fit as they are. Each line is a sentence that says all that matters; the fields repeat its
 * facts. Loggers that take fields first (pino, bunyan) get them first.
 */
export interface Logger {
  /** Receives lines about starts, stops and connections. Without it, `log` receives them, if the logger has that (Nest). */
  info?(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
