/** Runs generated calls of every client version against every server version, and compares the outcomes with the predicted ones. */

import type { CallMode, Class, ContractDocument } from '@concord-rpc/core';
import type { ArgDocument, MethodDocument } from '@concord-rpc/core/engine';
import {
  acceptsOf,
  createPairJudge,
  createSampler,
  isOptional,
  type Outcome,
  type PairJudge,
  type Sampler,
  type Verdict,
} from '@concord-rpc/evolution';
import { type SkewSide, sideOf } from '@concord-rpc/testing';
import { carried, plain } from './carried-values';
import { loose, looseTypes } from './lenient-types';
import { MockPair, type Ran } from './mock-pair';
import { allowedOutcomes, predictedVerdict } from './predicted-outcome';

/** The clients and servers to run. */
export interface VerifyQuestion {
  /** `Name@major`. */
  readonly key: string;
  readonly clients: readonly ContractDocument[];
  readonly servers: readonly ContractDocument[];
  /** Contract classes. Clients and servers at the versions of these classes use them, with their backports and validators. */
  readonly classes?: readonly Class[];
  /** Seed of the generated values. */
  readonly seed: number;
  /** Calls per method, pair and choice of arguments. Default 6. */
  readonly rounds?: number;
}

/** A call with another outcome than predicted. */
export interface UnexpectedOutcome {
  readonly client: string;
  readonly server: string;
  readonly method: string;
  readonly mode: CallMode;
  /** Arguments by name. */
  readonly args: Readonly<Record<string, unknown>>;
  /** The value that the handler returned. */
  readonly result?: unknown;
  /** The prediction. */
  readonly reasoned: Verdict;
  /** The outcome of the call. */
  readonly ran: Outcome;
  readonly why: string;
}

/** The result of a verification. */
export interface Verification {
  readonly seed: number;
  readonly pairs: number;
  readonly calls: number;
  readonly disagreements: readonly UnexpectedOutcome[];
  /** Methods with a predicted break that no call showed, and methods for whose arguments no value was generated. */
  readonly notes: readonly string[];
}

const USUAL_ROUNDS = 6;
/** Rejected calls are alike, and each waits for further servers. */
const REJECTED_ROUNDS = 2;

/** Runs every pair. The pairs run concurrently, because a rejected call waits for further servers. */
export async function verifyMatrix(question: VerifyQuestion): Promise<Verification> {
  const { key, clients, servers, classes = [], seed } = question;
  const sides = new Map<ContractDocument, SkewSide>();
  const side = (snapshot: ContractDocument): SkewSide => {
    const known = sides.get(snapshot) ?? sideOf(snapshot, key, classes);
    sides.set(snapshot, known);
    return known;
  };
  const judge = createPairJudge();
  // a class without methods is not a contract: it cannot be called or served
  const [calling, serving] = [clients, servers].map((all) => all.filter((each) => hasMethods(each, key)));
  const pairs = calling!.flatMap((client) => serving!.map((server) => ({ client, server })));
  const runs = await Promise.all(
    pairs.map(async ({ client, server }) => {
      const run: Run = { ...question, judge, calls: 0, disagreements: [], notes: [] };
      const pair = new MockPair(side(client), Object.hasOwn(server.endpoints, key) ? side(server) : undefined);
      await pair.start(server.endpoints[key]?.methods ?? {});
      const methods = Object.keys(client.endpoints[key]?.methods ?? {});
      for (const method of methods) await verifyMethod(run, { pair, client, server, method });
      await pair.stop();
      return run;
    }),
  );
  return {
    seed,
    pairs: pairs.length,
    calls: runs.reduce((sum, { calls }) => sum + calls, 0),
    disagreements: runs.flatMap(({ disagreements }) => disagreements),
    notes: [...new Set(runs.flatMap(({ notes }) => notes))],
  };
}

function hasMethods({ endpoints }: ContractDocument, key: string): boolean {
  return endpoints[key] === undefined || Object.keys(endpoints[key].methods).length > 0;
}

/** The state of one pair. */
interface Run extends VerifyQuestion {
  readonly judge: PairJudge;
  calls: number;
  readonly disagreements: UnexpectedOutcome[];
  readonly notes: string[];
}

/** One method of a pair. */
interface PairMethod {
  readonly pair: MockPair;
  readonly client: ContractDocument;
  readonly server: ContractDocument;
  readonly method: string;
}

/** The choices of optional arguments that are passed: none, all, and every second one. */
const CHOICES: readonly ((index: number, round: number) => boolean)[] = [
  () => false,
  () => true,
  (index, round) => (index + round) % 2 === 0,
];

/** Runs a method in its mode. A method of any mode is called and cast. */
async function verifyMethod(run: Run, tested: PairMethod): Promise<void> {
  const { key } = run;
  const { client, server, method } = tested;
  const { mode } = client.endpoints[key]!.methods[method]!;
  const modes: readonly CallMode[] = mode === 'any' ? ['call', 'cast'] : [mode];
  const broken: PredictedBreaks = { rules: new Set(), shown: false };
  for (const each of modes) if (!(await verifyMode(run, tested, each, broken))) return;
  if (broken.rules.size > 0 && !broken.shown) {
    const rules = [...broken.rules].join(', ');
    run.notes.push(
      `${method} of ${versionOf(client, key)} at ${versionOf(server, key)}: no call shows the predicted break (${rules})`,
    );
  }
}

/** The rules by which calls of a method are predicted to break. `shown` is true once a call broke. */
interface PredictedBreaks {
  readonly rules: Set<string>;
  shown: boolean;
}

/** Runs a method in one mode. Returns false if a call had another outcome than predicted, or no value was generated. */
async function verifyMode(run: Run, tested: PairMethod, mode: CallMode, broken: PredictedBreaks): Promise<boolean> {
  const { key, judge, seed, rounds = USUAL_ROUNDS } = run;
  const { client, server, method } = tested;
  const compared = { judge, client, server, key, method };
  const { args = [], aliases = [] } = client.endpoints[key]!.methods[method]!;
  const answering = answeringOf(server, key, [method, ...aliases]);
  const make = { args: createSampler(client, seed), results: createSampler(server, seed + 1) };
  for (const passes of CHOICES) {
    for (let round = 0; round < rounds; round++) {
      const passed = args.filter((arg, index) => !isOptional(arg) || passes(index, round));
      const values = samplesOf(passed, make.args, round);
      const result = answering?.returns ? make.results(answering.returns, round)?.value : undefined;
      if (values === undefined) {
        run.notes.push(`${method} of ${versionOf(client, key)}: no value that its arguments accept was generated`);
        return false;
      }
      const reasoned = predictedVerdict(compared, values);
      const positional = args.map(({ name, schema }) =>
        Object.hasOwn(values, name) ? carried(values[name], schema, client) : undefined,
      );
      const given = answering?.returns ? carried(result, answering.returns, server) : undefined;
      const sent = await tested.pair.run({ method, mode, args: positional, result: given });
      const ran = judged(sent, run, { ...tested, mode }, answering);
      run.calls++;
      if (reasoned.outcome === 'break') {
        for (const rule of reasoned.rules) broken.rules.add(rule);
        broken.shown ||= ran.outcome !== 'ok';
      } else if (!allowedOutcomes(compared, reasoned, values).includes(ran.outcome)) {
        run.disagreements.push({
          client: versionOf(client, key),
          server: versionOf(server, key),
          method,
          mode,
          args: values,
          ...(result !== undefined && { result }),
          reasoned,
          ran: ran.outcome,
          why:
            ran.why ??
            (ran.outcome === 'degrade' ? `the handler received ${JSON.stringify(plain(ran.received))}` : 'the call succeeded'),
        });
        return false; // one call shows the difference
      }
      if (reasoned.outcome === 'reject' && round + 1 >= REJECTED_ROUNDS) break;
    }
  }
  return true;
}

/** Changes the outcome to break if the server's types refuse what its handler received, or the client's types what was returned. */
function judged(
  ran: Ran,
  { key }: Run,
  { client, server, method, mode }: PairMethod & { readonly mode: CallMode },
  answering: MethodDocument | undefined,
): Ran {
  if (ran.outcome !== 'ok' && ran.outcome !== 'degrade') return ran;
  const accepts = acceptsOf(server);
  const refused = (answering?.args ?? []).find(({ schema }, index) => {
    const value = plain(ran.received?.[index]);
    return value !== undefined && !accepts(schema, value);
  });
  if (refused !== undefined)
    return { ...ran, outcome: 'break', why: `the type of the server's ${refused.name} does not accept the value` };
  const { returns } = client.endpoints[key]!.methods[method]!;
  if (!returns || mode === 'cast' || mode === 'fanout') return ran;
  const takes = acceptsOf(looseTypes(client));
  const parts = mode === 'stream' ? (ran.returned as unknown[]) : [ran.returned];
  const odd = parts.map((part) => plain(part) ?? null).find((part) => !takes(loose(returns), part));
  return odd === undefined ? ran : { ...ran, outcome: 'break', why: `the client's type does not accept ${JSON.stringify(odd)}` };
}

function samplesOf(args: readonly ArgDocument[], sample: Sampler, round: number): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {};
  for (const { name, schema } of args) {
    const made = sample(schema, round);
    if (made === undefined) return undefined;
    values[name] = made.value;
  }
  return values;
}

/** The server's method for the first name that the server knows, of the names that the client has for a method. */
function answeringOf(server: ContractDocument, key: string, names: readonly string[]): MethodDocument | undefined {
  const methods = server.endpoints[key]?.methods ?? {};
  const called = (name: string) =>
    Object.hasOwn(methods, name) ? methods[name] : Object.values(methods).find(({ aliases = [] }) => aliases.includes(name));
  return names.map(called).find((method) => method !== undefined);
}

function versionOf(snapshot: ContractDocument, key: string): string {
  return snapshot.endpoints[key]?.version ?? 'none';
}
