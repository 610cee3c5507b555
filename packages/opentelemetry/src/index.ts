/** OpenTelemetry for Concord. */
export { instrumentOpenTelemetry } from './instrument';
export type { OpenTelemetryOptions } from './options';
