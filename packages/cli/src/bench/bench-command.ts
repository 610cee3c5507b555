/** `concord bench`: calls one method of a live fleet again and again, and prints how many calls a second succeeded and how long they took. */
import { isRpcError, RpcError } from '@concord-rpc/core';
import { type Command, Option } from 'commander';
import type { MethodCall } from '../calls/method-call';
import { runCall } from '../calls/run-call';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode, exitCodeOfCall } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { addMethodOptions, type CallCommandOptions, parseCount, parseTime } from '../inputs/call-options';
import { benchCsv, benchJson, benchText } from './bench-result';
import { Latencies } from './latencies';
import { type BenchLoad, putLoad } from './load';

/** The values of the option `batch` of clients. */
const BATCH = { auto: 'auto', true: true, false: false } as const;

interface BenchOptions extends CallCommandOptions {
  readonly to?: string;
  readonly concurrency?: number;
  /** Milliseconds. */
  readonly duration?: number;
  readonly calls?: number;
  /** Calls a second. */
  readonly rate?: number;
  /** Milliseconds. */
  readonly warmup: number;
  readonly batch: keyof typeof BATCH;
  readonly effects?: boolean;
  readonly csv?: boolean;
}

/** Calls in flight, unless the options say it. With a rate, the limit is there to protect this process. */
const CONCURRENCY = 16;
const CONCURRENCY_AT_RATE = 1_000;
/** Milliseconds. */
const DURATION = 5_000;
/** Milliseconds between two changes of the progress line. */
const PACE = 200;
const BAR = 30;

/** Adds options and action to the command `bench`. */
export function defineBench(command: Command, run: Runner): void {
  addMethodOptions(command, [
    'bench DhcpPluginApi@1.getPorts --arg host=node-1 --calls 1000',
    `bench DhcpPluginApi@1.getPorts '["node-1"]' --rate 500 --calls 900`,
  ])
    .description(
      'Call a method of a live fleet again and again, each time with the same arguments and without retries, and print calls a second, percentiles and a histogram of the times of those that succeeded, and errors by code. The first call is made alone; if it fails, no other is made. Only methods that the contract declares idempotent are called, unless --effects is given.',
    )
    .option('--to <SERVER>', 'the server to call (default: any that serves the version)')
    .addOption(
      new Option(
        '--concurrency <NUMBER>',
        `the most calls in flight (default: ${CONCURRENCY}, or ${CONCURRENCY_AT_RATE} with --rate)`,
      ).argParser(parseCount),
    )
    .addOption(
      new Option(
        '--rate <NUMBER>',
        'calls a second, begun on time however slow the answers are; a call that waits for a place in flight is timed from when it was due (default: a call begins when another has ended)',
      ).argParser(parseCount),
    )
    .addOption(
      new Option('--duration <TIME>', 'for how long calls begin: 500ms, 10s or 2m (default: 5s, or until --calls)').argParser(
        parseTime,
      ),
    )
    .addOption(new Option('--calls <NUMBER>', 'end after so many calls').argParser(parseCount))
    .addOption(
      new Option('--warmup <TIME>', 'for how long calls are made before that, and not counted; 0 for none')
        .argParser((text) => (text === '0' ? 0 : parseTime(text)))
        .default(1_000, '1s'),
    )
    .addOption(
      new Option('--batch <WHEN>', 'whether calls of one turn of the event loop share a message, as the option of clients')
        .choices(['auto', 'true', 'false'])
        .default('auto'),
    )
    .option('--effects', 'also call a method that is not idempotent: each call has its effects')
    .addOption(new Option('--csv', 'print CSV, one row for each second').conflicts('json'))
    .action(run(bench));
}

function bench(io: Io, text: string, json: string | undefined, options: BenchOptions): Promise<ExitCode> {
  // as a plain call of a program: without the context of other commands, which servers have to read, and without a signal to listen to
  const context = options.setContext && Object.fromEntries(options.setContext);
  const more = { retry: false, batch: BATCH[options.batch], context, signal: undefined } as const;
  return runCall(io, { text, json, options }, (call) => measure(io, call, options), more);
}

async function measure(io: Io, call: MethodCall, options: BenchOptions): Promise<ExitCode> {
  const { label, name, args } = call;
  requireRepeatable(call, options);
  const client = options.to === undefined ? call.client : call.client.$to(options.to);
  const method = client[name]!;
  const send = () => method(...args);
  await send(); // its error ends the command, as that of `call` does
  const { calls = Number.POSITIVE_INFINITY, rate, warmup } = options;
  const concurrency = options.concurrency ?? (rate === undefined ? CONCURRENCY : CONCURRENCY_AT_RATE);
  const duration = options.duration ?? (calls === Number.POSITIVE_INFINITY ? DURATION : Number.POSITIVE_INFINITY);
  const load: BenchLoad = { concurrency, rate, duration, calls, signal: io.stopSignal?.() };
  if (warmup > 0) {
    io.status?.('warming up');
    await putLoad({ ...load, duration: warmup, calls: Number.POSITIVE_INFINITY }, send, UNCOUNTED);
  }
  const latencies = new Latencies();
  let worst: ExitCode = EXIT.ok;
  const began = performance.now();
  const secondsSince = () => (performance.now() - began) / 1_000;
  const counter = {
    succeed: (milliseconds: number) => latencies.succeed(milliseconds),
    fail: (thrown: unknown) => {
      const error = isRpcError(thrown) ? thrown : RpcError.from(thrown);
      latencies.fail(error.code);
      worst = Math.max(worst, exitCodeOfCall(error)) as ExitCode;
    },
  };
  const ticks = setInterval(() => latencies.endSecond(secondsSince()), 1_000);
  const progress = io.status && setInterval(() => io.status!(progressLine(latencies, load, secondsSince())), PACE);
  await putLoad(load, send, counter);
  clearInterval(ticks);
  clearInterval(progress);
  io.status?.('');
  const seconds = secondsSince();
  latencies.endSecond(seconds);
  const result = { label, concurrency, rate, seconds, latencies };
  if (options.json === true) io.out(benchJson(result), 'data');
  else if (options.csv === true) io.out(benchCsv(result), 'data');
  else io.out(benchText(result));
  return worst;
}

const UNCOUNTED = { succeed: () => undefined, fail: () => undefined };

/** @throws CommandFailure with exit code 6 if calls of the method have no result to wait for, or have effects that the user has not agreed to. */
function requireRepeatable({ label, method }: MethodCall, { effects }: BenchOptions): void {
  const { mode, idempotent } = method;
  if (mode === 'cast' || mode === 'fanout' || mode === 'stream') {
    throw new CommandFailure(
      `${label} has the mode ${mode}: bench measures the time until a result`,
      'name a method that is called',
      EXIT.refused,
    );
  }
  if (idempotent === true || effects === true) return;
  throw new CommandFailure(
    `${label} is not declared idempotent: every call of bench would have its effects`,
    'declare it (idempotent: true), or agree to its effects: --effects',
    EXIT.refused,
  );
}

function progressLine({ succeeded, failed }: Latencies, { duration, calls }: BenchLoad, seconds: number): string {
  const share = Math.min(1, Math.max((seconds * 1_000) / duration, (succeeded + failed) / calls));
  const bar = '='.repeat(Math.round(share * BAR)).padEnd(BAR);
  return `[${bar}] ${Math.round(share * 100)} %  ${Math.round(succeeded / seconds)} calls a second, ${failed} failed`;
}
