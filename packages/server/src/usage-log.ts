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
import { type Bounds, MethodUsage } from './method-usage';
import type { Registration } from './served-method';

/** Groups that are counted apart, in all methods of a server; those beyond are counted together, as callers of whom less is known. */
const MOST_VERSIONS = 2_048;
const MOST_NAMES = 1_024;

/** The counts of one server. Its time goes by whole seconds, so that counting asks no clock. */
export class UsageLog {
  private readonly bounds: Bounds = { versions: MOST_VERSIONS, names: MOST_NAMES, second: secondAt(performance.now()) };
  private readonly begun = this.bounds.second;
  private readonly counts = new Map<string, MethodUsage>();

  /** Where the calls of a method are counted, under one of its names. */
  of(contract: Contract, { name, args }: MethodContract): MethodUsage {
    const usage = new MethodUsage(name, args.length, this.bounds);
    this.counts.set(keyOf(contract, name), usage);
    return usage;
  }

  /** Says what time it is. */
  tick(now: number): void {
    this.bounds.second = secondAt(now);
  }

  /** What was counted of some endpoints, as `usage` is answered. */
  report(server: string, registrations: readonly Registration[]): UsageReport {
    this.tick(performance.now());
    const { second } = this.bounds;
    const uses = registrations.flatMap(({ contract, methods }) =>
      [...methods.values()].flatMap(({ definition }) => this.usesOf(contract, definition, second)),
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

function secondAt(now: number): number {
  return Math.floor(now / 1_000);
}
