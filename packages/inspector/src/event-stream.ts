/** Server-sent events to one page: a page that reads too slowly gets a new beginning instead of what it missed. */
import type { ServerResponse } from 'node:http';

/** Milliseconds between two comments that show that the connection is alive. */
const ALIVE = 15_000;

/** The events of one page. Memory is bounded by one event and the buffer of the socket. */
export class EventStream {
  /** The socket has not taken everything yet. */
  private isFull = false;
  /** Events were left out since then. */
  private isBehind = false;
  private readonly alive: NodeJS.Timeout;

  constructor(
    private readonly response: ServerResponse,
    /** Sends the present state, at the beginning and after the page was behind. */
    private readonly begin: (stream: EventStream) => void,
  ) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    this.alive = setInterval(() => {
      if (!this.isFull) this.write(':\n\n');
    }, ALIVE).unref();
    response.on('drain', () => {
      this.isFull = false;
      if (!this.isBehind) return;
      this.isBehind = false;
      this.begin(this);
    });
    response.on('close', () => clearInterval(this.alive));
    begin(this);
  }

  /** Sends an event. While the socket is full, events are left out. */
  send(event: string, data: unknown): void {
    if (this.isFull) this.isBehind = true;
    else this.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private write(text: string): void {
    if (this.response.destroyed) return;
    if (!this.response.write(text)) this.isFull = true;
  }
}
