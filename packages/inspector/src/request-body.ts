/** The body of a request as JSON, up to a limit. */
import type { IncomingMessage } from 'node:http';

/** Bytes. */
const MOST = 1_048_576;

/** A request that cannot be answered, with its HTTP status. */
export class BadRequest extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Reads an object of JSON from a request.
 *
 * @throws BadRequest if the body is not such an object, or has more than 1 MiB.
 */
export async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) throw new BadRequest(415, 'send application/json');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST) throw new BadRequest(413, `the body has more than ${MOST} bytes`);
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // told below
  }
  throw new BadRequest(400, 'the body is not an object of JSON');
}
