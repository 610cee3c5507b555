/** Writes lines to the user's logger, in the form in which that logger takes fields. */
import type { LogFields, Logger } from './logger';

/** Writes one line. Never throws: there is no other place to report it. */
export type WriteLine = (line: string, fields?: LogFields) => void;

/** The lines of one server or connection. */
export interface Log {
  readonly info: WriteLine;
  readonly warn: WriteLine;
  readonly error: WriteLine;
}

type Level = keyof Log;

/** Functions of loggers that are not part of the port, by which their forms are told apart. */
type AnyLogger = Logger & Readonly<Partial<Record<'log' | 'bindings' | 'addSerializers', unknown>>>;

/** Writes a line to a logger that takes fields in one way. */
type LineForm = (logger: AnyLogger, level: Level, line: string, fields: LogFields) => void;

/** The forms, the first that fits. */
const FORMS: readonly (readonly [fits: (logger: AnyLogger) => boolean, form: LineForm])[] = [
  // people read the console: the sentence says all
  [(logger) => logger === console, (logger, level, line) => logger[level]!(line)],
  // pino has `bindings`, bunyan `addSerializers`
  [
    ({ bindings, addSerializers }) => typeof (bindings ?? addSerializers) === 'function',
    (logger, level, line, fields) => (logger[level] as unknown as (fields: LogFields, line: string) => void)(fields, line),
  ],
  // Nest has `log` in place of `info`, and reads what follows the message of an error as its stack
  [
    ({ info, log }) => info === undefined && typeof log === 'function',
    (logger, level, line, fields) => {
      if (level === 'error') logger.error(line);
      else if (level === 'warn') logger.warn(line, fields);
      else (logger as unknown as { log: WriteLine }).log(line, fields);
    },
  ],
  [() => true, (logger, level, line, fields) => logger[level]?.(line, fields)],
];

/** Returns the lines of a logger. Without one, warnings and errors go to the console, and `info` nowhere. */
export function logTo(given: Logger | undefined, common: LogFields = {}): Log {
  const logger: AnyLogger = given ?? console;
  const [, form] = FORMS.find(([fits]) => fits(logger))!;
  const at =
    (level: Level): WriteLine =>
    (line, fields) => {
      try {
        form(logger, level, line, { ...common, ...fields });
      } catch {
        // a logger that throws must not end a call
      }
    };
  return { info: given === undefined ? () => undefined : at('info'), warn: at('warn'), error: at('error') };
}
