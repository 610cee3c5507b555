/** Arguments as they are sent: values of unions have the property that names their class, dates in JSON are text. */
import type { Contract, MethodContract } from '../contract/contract';
import { type Cut, CutCompiler } from './cut-value';

/** Returns the arguments of a call as they are sent. Throws for a value of no member of a union. */
export type SentArguments = (args: readonly unknown[]) => unknown[];

/** Compiles the conversion of a method's arguments; `undefined` if every argument is sent as it is. */
export function compileSentArguments({ args }: MethodContract, dtos: Contract['dtos']): SentArguments | undefined {
  const newest = Number.POSITIVE_INFINITY;
  const compiler = new CutCompiler(dtos, { minor: newest, drops: () => false, replaces: false, sends: true });
  const cuts = args.map(({ type }) => compiler.ofType(type));
  if (cuts.every((cut) => cut === undefined)) return undefined;
  return (given) => given.map((arg, index) => converted(cuts[index], arg));
}

function converted(cut: Cut | undefined, arg: unknown): unknown {
  return cut === undefined || arg === undefined ? arg : cut(arg);
}
