/** Where Concord writes what an operator should read. `console` fits, and so does pino. */
export interface Logger {
  warn(message: string): void;
  error(message: string): void;
}
