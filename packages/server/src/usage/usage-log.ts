/** Reports the callers of a server: which versions call which methods, with which arguments, and when they called last. */
import { type Contract, endpointKey, formatVersion, type MethodContract } from '@concord-rpc/core/engine';
import type { ReportedUse, UsageReport } from '@concord-rpc/core/wire';
import { UsageCounts } from './usage-counts';

/** An endpoint whose callers are counted. */
export interface CountedEndpoint {
  readonly contract: Contract;
  readonly methods: ReadonlyMap<string, { readonly definition: MethodContract }>;
}

/** The counts of one server, with the names of its methods. */
export class UsageLog {
  readonly counts = new UsageCounts();
  private readonly begun = this.counts.second;
  private readonly methods = new Map<string, number>();

  /** Starts counting a method under one of its names; returns the number to count it with. */
  of(contract: Contract, { name }: Pick<MethodContract, 'name'>): number {
    const method = this.counts.addMethod(formatVersion(contract.version));
    this.methods.set(keyOf(contract, name), method);
    return method;
  }

  /** Returns a text that changes when a report does. */
  state(): string {
    this.counts.tick(performance.now());
    return `${this.counts.second} ${this.counts.total()}`;
  }

  /** Returns the counts of some endpoints, as the answer to `usage`. */
  report(server: string, endpoints: readonly CountedEndpoint[]): UsageReport {
    this.counts.tick(performance.now());
    const { second } = this.counts;
    const uses = endpoints.flatMap(({ contract, methods }) =>
      // by the name that was called, so that the report shows whether a former name can be removed
      [...methods].flatMap(([name, { definition }]) => this.usesOf(contract, { ...definition, name }, second)),
    );
    return { server, seconds: second - this.begun, uses };
  }

  private usesOf(contract: Contract, { name, args }: MethodContract, second: number): ReportedUse[] {
    const method = this.methods.get(keyOf(contract, name));
    const groups = method === undefined ? [] : this.counts.groupsOf(method);
    return groups.map(({ version, caller, minor, isCast, passed, calls, seen }) => ({
      endpoint: endpointKey(contract),
      method: name,
      ...(version !== undefined && { contract: version }),
      ...(caller !== undefined && { caller }),
      ...(isCast && { cast: true as const }),
      needs: formatVersion({ major: contract.version.major, minor }),
      args: args.filter((_, index) => UsageCounts.isPassed(passed, index)).map((arg) => arg.name),
      calls,
      ago: second - seen,
    }));
  }
}

function keyOf(contract: Contract, name: string): string {
  return `${endpointKey(contract)}/${name}`;
}
