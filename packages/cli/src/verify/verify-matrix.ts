/** Runs what a matrix reasons about: every client version against every server version, with calls made of the client's types. */

import { type ArgDocument, type CallMode, type Class, type ContractDocument, type MethodDocument } from '@concord-rpc/core';
import {
  acceptsOf,
  createPairJudge,
  createSampler,
  leastVersion,
  type Outcome,
  type PairJudge,
  type Sampler,
  type Verdict,
} from '@concord-rpc/evolution';
import { carried, plain } from './carried-values';
import { loose, looseTypes } from './lenient-types';
import { MockPair, type Ran } from './mock-pair';
import { type Side, sideOf } from './side';

/** What to run. */
export interface VerifyQuestion {
  /** `Name@major`. */
  readonly key: string;
  readonly clients: readonly ContractDocument[];
  readonly servers: readonly ContractDocument[];
  /** Classes of the code: sides at their versions are made of them, backports and validators included. */
  readonly classes?: readonly Class[];
  readonly seed: number;
  /** How many calls each method of each pair gets, for each choice of arguments. */
  readonly rounds?: number;
}

/** A call that came to something else than was reasoned. */
export interface Disagreement {
  readonly client: string;
  readonly server: string;
  readonly method: string;
  readonly mode: CallMode;
  /** By name. */
  readonly args: Readonly<Record<string, unknown>>;
  /** What the handler gave. */
  readonly result?: unknown;
  readonly reasoned: Verdict;
  readonly ran: Outcome;
  readonly why: string;
}

/** What running came to. */
export interface Verification {
  readonly seed: number;
  readonly pairs: number;
  readonly calls: number;
  readonly disagreements: readonly Disagreement[];
  /** Methods of which a break was reasoned that none of the calls showed, and those for whose types no values were found. */
  readonly notes: readonly string[];
}

const USUAL_ROUNDS = 6;
/** Refusals are alike, and each costs a look around. */
const REJECTED_ROUNDS = 2;

/** Runs every pair. They run side by side, as refusals wait for whoever might still answer. */
export async function verifyMatrix(question: VerifyQuestion): Promise<Verification> {
  const { key, clients, servers, classes = [], seed } = question;
  const sides = new Map<ContractDocument, Side>();
  const side = (snapshot: ContractDocument): Side => {
    const known = sides.get(snapshot) ?? sideOf(snapshot, key, classes);
    sides.set(snapshot, known);
    return known;
  };
  const judge = createPairJudge();
  // a class without methods is no contract: there is nothing to call, and nobody serves it
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

/** A pair under way. */
interface Run extends VerifyQuestion {
  readonly judge: PairJudge;
  calls: number;
  readonly disagreements: Disagreement[];
  readonly notes: string[];
}

/** A method of a pair. */
interface Place {
  readonly pair: MockPair;
  readonly client: ContractDocument;
  readonly server: ContractDocument;
  readonly method: string;
}

/** Which of the arguments that may be left out are passed. */
const CHOICES: readonly ((index: number, round: number) => boolean)[] = [
  () => false,
  () => true,
  (index, round) => (index + round) % 2 === 0,
];

/** Runs a method in its mode; a method of any mode is called and cast. */
async function verifyMethod(run: Run, place: Place): Promise<void> {
  const { key } = run;
  const { client, server, method } = place;
  const { mode } = client.endpoints[key]!.methods[method]!;
  const modes: readonly CallMode[] = mode === 'any' ? ['call', 'cast'] : [mode];
  const broken: Broken = { rules: new Set(), shown: false };
  for (const each of modes) if (!(await verifyMode(run, place, each, broken))) return;
  if (broken.rules.size > 0 && !broken.shown) {
    const rules = [...broken.rules].join(', ');
    run.notes.push(`${method} of ${versionOf(client, key)} at ${versionOf(server, key)}: no call shows what breaks by ${rules}`);
  }
}

/** The rules by which calls of a method were reasoned to break, and whether a call broke. */
interface Broken {
  readonly rules: Set<string>;
  shown: boolean;
}

/** Runs a method in one mode. Returns false if the run is over: a call disagreed, or no value was found. */
async function verifyMode(run: Run, place: Place, mode: CallMode, broken: Broken): Promise<boolean> {
  const { key, seed, rounds = USUAL_ROUNDS } = run;
  const { client, server, method } = place;
  const { args = [], aliases = [] } = client.endpoints[key]!.methods[method]!;
  const answering = answeringOf(server, key, [method, ...aliases]);
  const make = { args: createSampler(client, seed), results: createSampler(server, seed + 1) };
  for (const passes of CHOICES) {
    for (let round = 0; round < rounds; round++) {
      const passed = args.filter((arg, index) => isRequired(arg) || passes(index, round));
      const values = samplesOf(passed, make.args, round);
      const result = answering?.returns ? make.results(answering.returns, round)?.value : undefined;
      if (values === undefined) {
        run.notes.push(`${method} of ${versionOf(client, key)}: no value was found that its arguments take`);
        return false;
      }
      const reasoned = reasonedOf(run, place, values);
      const positional = args.map(({ name, schema }) =>
        Object.hasOwn(values, name) ? carried(values[name], schema, client) : undefined,
      );
      const given = answering?.returns ? carried(result, answering.returns, server) : undefined;
      const ran = judged(
        await place.pair.run({ method, mode, args: positional, result: given }),
        run,
        { ...place, mode },
        answering,
      );
      run.calls++;
      if (reasoned.outcome === 'break') {
        for (const rule of reasoned.rules) broken.rules.add(rule);
        broken.shown ||= ran.outcome !== 'ok';
      } else if (!allowed(run, place, reasoned, values).includes(ran.outcome)) {
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
            (ran.outcome === 'degrade' ? `the handler was given ${JSON.stringify(plain(ran.received))}` : 'it was served'),
        });
        return false; // one value shows it
      }
      if (reasoned.outcome === 'reject' && round + 1 >= REJECTED_ROUNDS) break;
    }
  }
  return true;
}

/** The verdict on a call with these values: what is inside of them counts, not only the arguments. */
function reasonedOf({ key, judge }: Run, { client, server, method }: Place, values: Readonly<Record<string, unknown>>): Verdict {
  const needs = leastVersion(withoutName(client, key, method), { endpoint: key, method, args: values })?.version;
  return judge({ client, server, key, method, needs }, Object.keys(values));
}

/** The contract with a method as old as it is under all its names: which of them is sent is for the verdict. */
function withoutName(client: ContractDocument, key: string, method: string): ContractDocument {
  const endpoint = client.endpoints[key]!;
  const { aliases = [], aliasSince = {}, ...definition } = endpoint.methods[method]!;
  const oldest = aliases.at(-1);
  if (oldest === undefined) return client;
  const methods = { ...endpoint.methods, [method]: { ...definition, since: aliasSince[oldest] } };
  return { ...client, endpoints: { ...client.endpoints, [key]: { ...endpoint, methods } } };
}

/** What a call may come to by its verdict. Of fields nobody has recorded whether they are droppable: where one decides, both may happen. */
function allowed(run: Run, place: Place, { outcome }: Verdict, values: Readonly<Record<string, unknown>>): readonly Outcome[] {
  const { key, judge } = run;
  const { client, server, method } = place;
  if (outcome === 'degrade') {
    const kept = (client.endpoints[key]!.methods[method]!.args ?? []).filter(({ droppable }) => droppable !== true);
    const rest = Object.fromEntries(kept.flatMap(({ name }) => (Object.hasOwn(values, name) ? [[name, values[name]]] : [])));
    return reasonedOf(run, place, rest).outcome === 'ok' ? ['degrade'] : ['degrade', 'reject'];
  }
  if (outcome !== 'reject') return [outcome];
  const byArguments = judge({ client, server, key, method }, Object.keys(values)).outcome;
  return byArguments === 'reject' ? ['reject'] : ['reject', 'degrade'];
}

/** A run held to the contracts: the server's types have to take what its handler was given, the client's what came back. */
function judged(
  ran: Ran,
  { key }: Run,
  { client, server, method, mode }: Place & { readonly mode: CallMode },
  answering: MethodDocument | undefined,
): Ran {
  if (ran.outcome !== 'ok' && ran.outcome !== 'degrade') return ran;
  const accepts = acceptsOf(server);
  const refused = (answering?.args ?? []).find(({ schema }, index) => {
    const value = plain(ran.received?.[index]);
    return value !== undefined && !accepts(schema, value);
  });
  if (refused !== undefined) return { ...ran, outcome: 'break', why: `the server's ${refused.name} does not take it` };
  const { returns } = client.endpoints[key]!.methods[method]!;
  if (!returns || mode === 'cast' || mode === 'fanout') return ran;
  const takes = acceptsOf(looseTypes(client));
  const parts = mode === 'stream' ? (ran.returned as unknown[]) : [ran.returned];
  const odd = parts.map((part) => plain(part) ?? null).find((part) => !takes(loose(returns), part));
  return odd === undefined ? ran : { ...ran, outcome: 'break', why: `the client's type does not take ${JSON.stringify(odd)}` };
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

function isRequired(arg: ArgDocument): boolean {
  return arg.required !== false && !('default' in arg);
}

/** The server's method that answers to the first of a client's names for it that it knows. */
function answeringOf(server: ContractDocument, key: string, names: readonly string[]): MethodDocument | undefined {
  const methods = server.endpoints[key]?.methods ?? {};
  const called = (name: string) =>
    Object.hasOwn(methods, name) ? methods[name] : Object.values(methods).find(({ aliases = [] }) => aliases.includes(name));
  return names.map(called).find((method) => method !== undefined);
}

function versionOf(snapshot: ContractDocument, key: string): string {
  return snapshot.endpoints[key]?.version ?? 'none';
}
