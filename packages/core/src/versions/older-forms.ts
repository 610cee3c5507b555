/** Calls in older forms: without their droppable parts, so that older servers can serve them. */
import type { Contract, MethodContract } from '../contract/contract';
import { type Cut, CutCompiler } from './cut-value';
import { type LatePart, latePartsOf } from './late-parts';
import type { CallNeeds } from './needs';

/** A form of a call, and the minor that it needs. */
export interface CallForm {
  readonly minor: number;
  readonly args: readonly unknown[];
}

/** The older forms of one method's calls. It exists only for methods that have droppable late parts. */
export class OlderForms {
  /** By minor. */
  private readonly cuts: ((args: readonly unknown[]) => readonly unknown[])[] = [];

  constructor(
    private readonly method: MethodContract,
    private readonly dtos: Contract['dtos'],
    private readonly needs: CallNeeds,
  ) {}

  /** Returns the newest form of a call that a server at this minor serves; `undefined` if a part that is not droppable is newer. */
  newest(args: readonly unknown[], served: number): CallForm | undefined {
    // a cut at a lower minor can need less than one at a higher minor: a required part goes with the droppable part that holds it
    for (let minor = served; minor >= 0; minor--) {
      const cut = this.cutAt(minor)(args);
      const least = this.needs.least(cut);
      if (least <= served) return { minor: least, args: cut };
    }
    return undefined;
  }

  /** Lists the parts that a form leaves out, without the parts inside them, and the minor that each needs. */
  leftOut(args: readonly unknown[], { args: left }: CallForm): LatePart[] {
    const paths = new Set(latePartsOf(this.method, left, this.dtos).map(({ path }) => path));
    const passed = latePartsOf(this.method, args, this.dtos).filter(({ isLeftOut }) => !isLeftOut);
    const dropped = passed.filter(({ path }) => !paths.has(path));
    return dropped.filter(
      ({ path }) => !dropped.some((other) => path.startsWith(`${other.path}.`) || path.startsWith(`${other.path}[`)),
    );
  }

  private cutAt(minor: number): (args: readonly unknown[]) => readonly unknown[] {
    return (this.cuts[minor] ??= this.compileCut(minor));
  }

  private compileCut(minor: number): (args: readonly unknown[]) => readonly unknown[] {
    const compiler = new CutCompiler(this.dtos, { minor, drops: ({ droppable }) => droppable, replaces: false });
    const cuts = this.method.args.map(({ since, droppable, type }): Cut | undefined =>
      since > minor && droppable ? () => undefined : compiler.ofType(type),
    );
    return (args) => args.map((arg, index) => (arg === undefined ? arg : cutOf(cuts[index], arg)));
  }
}

/** Compiles the older forms of a method's calls; `undefined` if the method has no droppable late part. */
export function compileOlderForms(method: MethodContract, dtos: Contract['dtos'], needs: CallNeeds): OlderForms | undefined {
  if (needs.isConstant) return undefined;
  const compiler = new CutCompiler(dtos, { minor: 0, drops: ({ droppable }) => droppable, replaces: false });
  const any = method.args.some((arg) => (arg.droppable && arg.since > 0) || compiler.ofType(arg.type) !== undefined);
  return any ? new OlderForms(method, dtos, needs) : undefined;
}

function cutOf(cut: Cut | undefined, arg: unknown): unknown {
  return cut === undefined ? arg : cut(arg);
}
