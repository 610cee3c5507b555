/** The registers of prom-client that can have the metrics, and the mistake of giving another value. */
import { RpcError } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';
import type { OpenMetricsContentType, PrometheusContentType, Registry } from 'prom-client';

/** A register of either format. */
export type AnyRegister = Registry<PrometheusContentType> | Registry<OpenMetricsContentType>;

/** @throws RpcError `invalid_argument` if the value is not a register. */
export function requireRegister(value: unknown): asserts value is AnyRegister {
  const { registerMetric, getSingleMetric } = (value ?? {}) as Partial<AnyRegister>;
  if (typeof registerMetric === 'function' && typeof getSingleMetric === 'function') return;
  throw new RpcError('invalid_argument', `\`register\` must be a Registry of prom-client; got ${quote(value)}`);
}
