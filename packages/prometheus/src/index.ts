/** Metrics of Concord for Prometheus. */

export { type PrometheusMetrics, type PrometheusOptions, prometheusMetrics } from './prometheus-metrics';
