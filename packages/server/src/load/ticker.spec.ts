/** The timer that servers share: one for all of them, none after the last one has left, and separate ones under fake timers. */
import { currentTicker, TICK, Ticker } from './ticker';

afterEach(() => jest.useRealTimers());

test('any number of listeners have one timer, and it ends with the last of them', () => {
  jest.useFakeTimers();
  const ticker = new Ticker();
  let ticks = 0;
  const removals = Array.from({ length: 2_500 }, () => ticker.add(() => ticks++));
  expect(jest.getTimerCount()).toBe(1);
  jest.advanceTimersByTime(10 * TICK);
  expect(ticks).toBe(10 * 2_500);
  for (const remove of removals.slice(1)) remove();
  expect(jest.getTimerCount()).toBe(1);
  removals[0]!();
  removals[0]!();
  expect(jest.getTimerCount()).toBe(0);
});

test('a ticker that has ended begins again, and the pause is no late tick', () => {
  jest.useFakeTimers();
  const ticker = new Ticker();
  ticker.add(() => undefined)();
  jest.advanceTimersByTime(60_000);
  const late: number[] = [];
  ticker.add((now, due) => late.push(now - due));
  jest.advanceTimersByTime(3 * TICK);
  expect(late).toEqual([0, 0, 0]);
});

test('a timer that was set before the timers were faked ends while they are', () => {
  const ticker = new Ticker();
  const remove = ticker.add(() => undefined);
  const { timer } = ticker as unknown as { readonly timer: NodeJS.Timeout & { readonly _destroyed: boolean } };
  jest.useFakeTimers();
  remove();
  expect(timer._destroyed).toBe(true);
});

test('servers share one ticker, except under fake timers, which a test can take away', () => {
  expect(currentTicker()).toBe(currentTicker());
  const real = currentTicker();
  jest.useFakeTimers();
  expect(currentTicker()).not.toBe(real);
  expect(currentTicker()).not.toBe(currentTicker());
  jest.useRealTimers();
  expect(currentTicker()).toBe(real);
});
