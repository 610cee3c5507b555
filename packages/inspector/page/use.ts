/** Hooks that the views share: the address, the fleet, and answers of the process. */
import { useEffect, useState } from 'preact/hooks';
import type { FleetStore } from './fleet-store';

/** The parts of the address after `#/`. */
export function useRoute(): readonly string[] {
  const [parts, setParts] = useState(routeOf(location.hash));
  useEffect(() => {
    const onChange = () => setParts(routeOf(location.hash));
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return parts;
}

/** The address of a view. */
export function hrefOf(...parts: readonly string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

/** Renders again after each change of the fleet. */
export function useFleet(store: FleetStore): FleetStore {
  const [, setCount] = useState(0);
  useEffect(() => store.onChange(() => setCount((count) => count + 1)), [store]);
  return store;
}

/** An answer, or the reason why there is none. */
export interface Answer<T> {
  readonly value?: T;
  readonly error?: string;
}

/** Asks when the component appears and when `key` changes, and again every `period` milliseconds if it is given. */
export function useAnswer<T>(
  key: string,
  question: () => Promise<T>,
  period?: number,
): Answer<T> & { readonly again: () => void } {
  const [answer, setAnswer] = useState<Answer<T>>({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = () =>
      question()
        .then(
          (value) => !isOver && setAnswer({ value }),
          (thrown: Error) => !isOver && setAnswer((before) => ({ ...before, error: thrown.message })),
        )
        .then(() => {
          if (!isOver && period !== undefined) timer = setTimeout(run, period);
        });
    if (round === 0) setAnswer({});
    void run();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [key, round]);
  return { ...answer, again: () => setRound((count) => count + 1) };
}

function routeOf(hash: string): readonly string[] {
  try {
    return hash
      .replace(/^#\/?/, '')
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch {
    return [];
  }
}
