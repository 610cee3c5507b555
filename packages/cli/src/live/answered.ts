/** The number of servers of a live fleet that answered, and the number that was expected. */
import type { AskedServer } from '@concord-rpc/evolution';
import { InvalidArgumentError, Option } from 'commander';
import { counted } from '../console/plural';

/** The option of a command that states how many servers a live fleet has. */
export function expectOption(): Option {
  return new Option(
    '--expect <NUMBER>',
    'with a live fleet: the number of servers of the endpoint; fewer answers are no answer',
  ).argParser(parseCount);
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number from 1 to 999999.');
}

/** The number of servers whose contract is known. */
export function answeredOf(asked: readonly AskedServer[]): number {
  return asked.filter(({ contract }) => contract !== undefined).length;
}

/** Formats the number of servers that answered: `3 of 4 servers answered; expected: 5`. */
export function answeredText(answered: number, known: number, expected: number | undefined): string {
  const servers = answered === known ? counted(answered, 'server') : `${answered} of ${counted(known, 'server')}`;
  return `${servers} answered${expected === undefined ? '' : `; expected: ${expected}`}`;
}

/** Returns the reason why a verdict about a live fleet is not certain: fewer servers answered than were expected; `undefined` if it is. */
export function whyTooFew(answered: number, expected: number | undefined): string | undefined {
  if (expected === undefined || answered >= expected) return undefined;
  return `${counted(answered, 'server')} of the ${expected} expected answered`;
}
