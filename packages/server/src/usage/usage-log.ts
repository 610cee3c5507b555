/** What a server counts of its callers: which versions call which methods, with which arguments, and when they did last. */
import { performance } from 'node:perf_hooks';
import {
  type Contract,
  endpointKey,
  formatVersion,
  type MethodContract,
  type ReportedUse,
  type UsageReport,
} from '@concord-rpc/core';
import type { Registration } from '../registration/served-method';
import { UsageCounts } from './usage-counts';

/** The counts of one server, with the names of what is counted. */
export class UsageLog {
  readonly counts = new UsageCounts();
  private readonly begun = this.counts.second;
  private readonly methods = new Map<string, number>();

  /** The number under which the calls of a method are counted, under one of its names. */
  of(contract: Contract, { name }: Pick<MethodContract, 'name'>): number {
    const method = this.counts.addMethod();
    this.methods.set(keyOf(contract, name), method);
    return method;
  }

  /** What was counted of some endpoints, as `usage` is answered. */
  report(server: string, registrations: readonly Registration[]): UsageReport {
    this.counts.tick(performance.now());
    const { second } = this.counts;
    const uses = registrations.flatMap(({ contract, methods }) =>
      // each under the name by which it was called: whether an old one can go is what is asked for
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
