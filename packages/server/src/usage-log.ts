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
import { MethodUsage, UsageBounds } from './method-usage';
import type { Registration } from './served-method';

/** The counts of one server. Its time goes by whole seconds, so that counting asks no clock. */
export class UsageLog {
  /** To be ticked now and then. */
  readonly bounds = new UsageBounds();
  private readonly begun = this.bounds.second;
  private readonly counts = new Map<string, MethodUsage>();

  /** Where the calls of a method are counted, under one of its names. */
  of(contract: Contract, { name, args }: MethodContract): MethodUsage {
    const usage = new MethodUsage(name, args.length, this.bounds);
    this.counts.set(keyOf(contract, name), usage);
    return usage;
  }

  /** What was counted of some endpoints, as `usage` is answered. */
  report(server: string, registrations: readonly Registration[]): UsageReport {
    this.bounds.tick(performance.now());
    const { second } = this.bounds;
    const uses = registrations.flatMap(({ contract, methods }) =>
      // each under the name by which it was called: whether an old one can go is what is asked for
      [...methods].flatMap(([name, { definition }]) => this.usesOf(contract, { ...definition, name }, second)),
    );
    return { server, seconds: second - this.begun, uses };
  }

  private usesOf(contract: Contract, { name, args }: MethodContract, second: number): ReportedUse[] {
    const { major } = contract.version;
    return (this.counts.get(keyOf(contract, name))?.groups() ?? []).map(
      ({ version, caller, minor, isCast, passed, calls, seen }) => ({
        endpoint: endpointKey(contract),
        method: name,
        ...(version !== undefined && { contract: version }),
        ...(caller !== undefined && { caller }),
        ...(isCast && { cast: true as const }),
        needs: formatVersion({ major, minor }),
        args: args.filter((_, index) => MethodUsage.isPassed(passed, index)).map((arg) => arg.name),
        calls,
        ago: second - seen,
      }),
    );
  }
}

function keyOf(contract: Contract, name: string): string {
  return `${endpointKey(contract)}/${name}`;
}
