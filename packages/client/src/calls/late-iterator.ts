/** An iterator whose source is only there later. */

/** Reads from what `start` comes to; `start` is called when it is first read. */
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
