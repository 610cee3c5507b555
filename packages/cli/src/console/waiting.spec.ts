/** The line that a terminal shows while a command works: from the first second, until the command writes. */
import type { Io } from './io';
import { showWaiting } from './waiting';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function terminal() {
  const told: string[] = [];
  const io: Io = {
    ...{ cwd: '/', env: {}, isTerminal: true },
    out: (text) => void told.push(`out ${text}`),
    err: (text) => void told.push(`err ${text}`),
    status: (line) => void told.push(`status ${line}`),
  };
  return { io, told };
}

test.each(['out', 'err', 'status'] as const)('it counts seconds until the command writes with %s', (write) => {
  const { io, told } = terminal();
  const waiting = showWaiting(io, 'ls');
  jest.advanceTimersByTime(2_500);
  waiting.io[write]!('x');
  jest.advanceTimersByTime(5_000);
  waiting.end();
  expect(told).toEqual(['status concord ls: 1 s …', 'status concord ls: 2 s …', 'status ', `${write} x`]);
});

test('a quick command shows nothing, and one without a terminal neither', () => {
  const { io, told } = terminal();
  showWaiting(io, 'ls').end();
  const { status: _, ...pipe } = io;
  const waiting = showWaiting(pipe, 'ls');
  jest.advanceTimersByTime(5_000);
  waiting.end();
  expect(told).toEqual([]);
});
