/** Calls that pass as lines: aligned columns that grow with their widest cell, because the calls to come are not known. */
import type { WatchedCall } from '@concord-rpc/client';
import { safeText } from '../console/safe-text';

/** Widest column in characters; longer cells are written out, and move the cells after them. */
const WIDEST = 48;

/** Writes calls as lines. */
export class CallLines {
  private readonly widths: number[] = [];

  /** The line of a call: time, server, method, mode, version needed, caller, outcome, duration, bytes, arguments. */
  of({ event, server, begin, end }: WatchedCall): string {
    const { method, mode, needs = '-', caller, at, bytes, args } = begin;
    const outcome = end === undefined ? (event === 'lost' ? 'no end seen' : 'running') : safeText(end.verdict);
    const cells = [
      timeText(at),
      server,
      safeText(method),
      mode,
      `needs ${safeText(needs)}`,
      caller === undefined ? 'from -' : `from ${safeText(caller)}`,
      outcome,
      end === undefined ? '' : `${end.ms.toFixed(1)} ms`,
      bytesText(bytes, end?.bytes),
    ];
    const line = cells.map((cell, index) => cell.padEnd(this.width(index, cell))).join('  ');
    return `${(args === undefined ? line : `${line}  ${args}`).trimEnd()}\n`;
  }

  private width(index: number, cell: string): number {
    return (this.widths[index] = Math.max(this.widths[index] ?? 0, Math.min(WIDEST, cell.length)));
  }
}

/** The time of day in UTC. */
function timeText(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? '-' : date.toISOString().slice(11, 23);
}

/** Bytes of the request and of its answers; a call of a batch has none of its own. */
function bytesText(received = 0, sent = 0): string {
  const parts = [received > 0 ? `${received} bytes in` : '', sent > 0 ? `${sent} bytes out` : ''];
  return parts.filter((part) => part !== '').join(', ');
}
