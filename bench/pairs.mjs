/** The pairs of processes that run during a section, each started once. */
import { startPair } from './pair.mjs';

export class Pairs {
  #url;
  #running = new Map();

  constructor(url) {
    this.#url = url;
  }

  /** Returns the running pair of a contender in a deployment, and starts it if necessary. */
  get(contender, deployment) {
    const key = `${contender.id} ${deployment.id}`;
    const running = this.#running.get(key) ?? startPair(contender, deployment, this.#url);
    this.#running.set(key, running);
    return running;
  }

  async stop() {
    const ended = await Promise.allSettled(this.#running.values());
    await Promise.all(ended.map(({ value }) => value?.stop()));
    this.#running.clear();
  }
}
