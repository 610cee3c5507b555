/** A process with OpenTelemetry's SDK, which exports to a collector: the plugin, the agent, or both without a broker. Ends when its parent says so. */
import 'reflect-metadata';
import { instrumentOpenTelemetry } from '@concord-rpc/opentelemetry';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { MemoryTransport, NatsTransport, type Transport } from 'concord-rpc';
import { createNetwork, setUpNetwork, startAgent, startPlugin } from './network-fleet';

/** The programs, by the role of the process. Each resolves to the end of its servers. */
const ROLES: Readonly<Record<string, (connect: () => Promise<Transport>) => Promise<() => Promise<unknown>>>> = {
  agent: async (connect) => {
    const server = await startAgent(connect);
    return () => server.stop();
  },
  plugin: async (connect) => {
    const { server, isUp } = await startPlugin(connect);
    await createNetwork(connect);
    await isUp;
    return () => server.stop();
  },
  both: async (connect) => {
    await setUpNetwork(connect);
    return async () => undefined;
  },
};

async function run([role, collector, broker]: string[]): Promise<void> {
  const resource = resourceFromAttributes({ 'service.name': role! });
  const tracerProvider = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${collector}/v1/traces` }))],
  });
  const meterProvider = new MeterProvider({
    resource,
    readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url: `${collector}/v1/metrics` }) })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(tracerProvider);
  metrics.setGlobalMeterProvider(meterProvider);
  const stop = instrumentOpenTelemetry();

  const transport = broker === undefined ? new MemoryTransport() : await NatsTransport.connect({ servers: broker });
  const stopServers = await ROLES[role!]!(async () => transport);
  process.once('message', async () => {
    await stopServers();
    await transport.close();
    stop();
    await tracerProvider.shutdown();
    await meterProvider.shutdown();
    process.disconnect();
  });
  process.send!('ready');
}

void run(process.argv.slice(2));
