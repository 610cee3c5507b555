/** A collector: an HTTP server that takes what OTLP exporters send, and decodes it with the classes of the protocol's own definition. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A value of an attribute. */
interface AnyValue {
  readonly stringValue?: string | null;
  readonly intValue?: unknown;
  readonly doubleValue?: number | null;
  readonly boolValue?: boolean | null;
}

/** One attribute. */
export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

/** A span, as far as the tests read it. */
export interface OtlpSpan {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly parentSpanId?: Uint8Array | null;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: unknown;
  readonly attributes: readonly KeyValue[];
}

/** A metric, as far as the tests read it. */
export interface OtlpMetric {
  readonly name: string;
  readonly unit: string;
  readonly histogram: { readonly dataPoints: readonly { readonly attributes: readonly KeyValue[]; readonly count: unknown }[] };
}

/** The `resourceSpans` of a message. */
interface ResourceSpans {
  readonly resource: { readonly attributes: readonly KeyValue[] };
  readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly OtlpSpan[] }[];
}

/** The `resourceMetrics` of a message. */
interface ResourceMetrics {
  readonly scopeMetrics: readonly { readonly metrics: readonly OtlpMetric[] }[];
}

// a release that still has the classes that protobufjs makes of the definition, and no types of them; the exporters of later releases write bytes themselves
const { trace, metrics } = require('otlp-protobuf/build/src/generated/root').opentelemetry.proto.collector;

/** The collector, and what it got. */
export interface OtlpSink {
  readonly url: string;
  readonly spans: ResourceSpans[];
  readonly metrics: ResourceMetrics[];
  stop(): Promise<void>;
}

/** Starts a collector on a free port. */
export async function startOtlpSink(): Promise<OtlpSink> {
  const got = { spans: [] as ResourceSpans[], metrics: [] as ResourceMetrics[] };
  const server = createServer(async (request, response) => {
    const data = await bodyOf(request);
    if (request.headers['content-type'] !== 'application/x-protobuf') {
      response.writeHead(415).end();
      return;
    }
    if (request.url === '/v1/traces') got.spans.push(...trace.v1.ExportTraceServiceRequest.decode(data).resourceSpans);
    else got.metrics.push(...metrics.v1.ExportMetricsServiceRequest.decode(data).resourceMetrics);
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ...got, stop };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}
