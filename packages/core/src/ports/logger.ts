/** The port of a logger, for messages to operators. `console` and pino fit. */
export interface Logger {
  warn(message: string): void;
  error(message: string): void;
}
