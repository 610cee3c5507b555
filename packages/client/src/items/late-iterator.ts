/** An async iterator whose source is started by the first read. */

/** Reads from the iterator that `start` resolves to; the first read calls `start`. */
export class LateIterator<T> implements AsyncIterableIterator<T> {
  private source: Promise<AsyncIterator<T>> | undefined;

  constructor(private readonly start: () => Promise<AsyncIterator<T>>) {}

  async next(): Promise<IteratorResult<T>> {
    this.source ??= this.start();
    return (await this.source).next();
  }

  async return(): Promise<IteratorResult<T>> {
    this.source ??= Promise.resolve({ next: async () => DONE });
    const source = await this.source;
    return source.return?.() ?? DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

const DONE: IteratorResult<never> = { value: undefined, done: true };
