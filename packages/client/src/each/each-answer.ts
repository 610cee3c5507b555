/** The answers of a call to every server, and the count of them that its caller can follow. */
import type { RpcError } from '@concord-rpc/core';
import type { EachOptions, EachProgress } from '../options/each-options';

/** The answer of one server. */
export type EachAnswer<T> =
  | { readonly server: string; readonly value: T; readonly error?: undefined }
  | { readonly server: string; readonly error: RpcError; readonly value?: undefined };

/** Counts answers and reports the counts. */
export class EachTally {
  answered = 0;
  private failed = 0;
  /** The number of servers that are asked; `undefined` until it is known. */
  expected: number | undefined;

  constructor(private readonly options: EachOptions | undefined) {}

  /** Counts an answer. Returns whether the call has as many answers as its caller wanted. */
  count({ error }: EachAnswer<unknown>): boolean {
    this.answered++;
    if (error !== undefined) this.failed++;
    this.report();
    return this.answered >= (this.options?.count ?? Number.POSITIVE_INFINITY);
  }

  /** Sets the number of servers that are asked. */
  expect(servers: number): void {
    this.expected = servers;
    this.report();
  }

  private report(): void {
    const { answered, failed, expected } = this;
    const progress: EachProgress = { answered, failed, ...(expected !== undefined && { expected }) };
    this.options?.onProgress?.(progress);
  }
}
