/** Calls that pass as lines: aligned columns that grow with their widest cell, because the calls to come are not known. */
import type { WatchedCall } from '@concord-rpc/client';
import { safeText } from '../console/safe-text';

/** Widest column in characters; longer cells are written out, and move the cells after them. */
const WIDEST = 48;

const HEAD = ['TIME', 'SERVER', 'METHOD', 'MODE', 'NEEDS', 'CALLER', 'OUTCOME', 'MS', 'IN', 'OUT'];

/** Writes calls as lines. */
export class CallLines {
  private readonly widths: number[] = [];

  constructor(private readonly hasArgs: boolean) {}

  /** The line above the first call. */
  head(): string {
    return this.line(this.hasArgs ? [...HEAD, 'ARGUMENTS'] : HEAD);
  }

  /** The line of a call: milliseconds in the server, and bytes of the request and of the answers. */
  of({ event, begin, end, server }: WatchedCall): string {
    const { method, mode, needs, caller, at, bytes, args } = begin;
    const outcome = end?.verdict ?? (event === 'lost' ? 'no end seen' : 'running');
    const texts = [method, mode, needs, caller, outcome].map((text) => safeText(text ?? '-'));
    const sizes = [end?.ms.toFixed(1), bytes, end?.bytes].map((size) => `${size ?? '-'}`);
    return this.line([timeText(at), server, ...texts, ...sizes, ...(args === undefined ? [] : [args])]);
  }

  private line(cells: readonly string[]): string {
    const padded = cells.map((cell, index) => (index < HEAD.length ? cell.padEnd(this.width(index, cell)) : cell));
    return `${padded.join('  ').trimEnd()}\n`;
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
