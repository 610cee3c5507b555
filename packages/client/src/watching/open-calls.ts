/** Joins the begins and the ends of the calls that servers show, which can come in different messages. */
import type { watching } from '@concord-rpc/core/wire';

/** Most calls that wait for their end. Beyond that, the oldest counts as lost. */
const MOST_OPEN = 10_000;

/** The known facts about a call. */
export interface WatchedCall {
  /** `began`: it is running. `ended`: this is all about it, also if it began in the same message. `lost`: its end will not be shown. */
  readonly event: 'began' | 'ended' | 'lost';
  readonly server: string;
  /** Unlike those of other calls of this server in the watch. */
  readonly id: number;
  readonly begin: watching.SeenBegin;
  /** Set if it has ended. */
  readonly end?: watching.SeenEnd;
}

/** The calls that have begun and not ended, of all servers. */
export class OpenCalls {
  private readonly open = new Map<string, WatchedCall>();

  constructor(
    private readonly tell: (call: WatchedCall) => void,
    private readonly most = MOST_OPEN,
  ) {}

  /** Takes in a call of a message. An end without a begin is left out: its begin was lost, or came before this watch. */
  take(server: string, { id, begin: shown, end }: watching.SeenCall): void {
    const key = `${server} ${id}`;
    const known = this.open.get(key);
    const begin = known?.begin ?? shown;
    if (begin === undefined) return;
    if (end === undefined) {
      if (known === undefined) this.add(key, { event: 'began', server, id, begin });
      return;
    }
    this.open.delete(key);
    this.tell({ event: 'ended', server, id, begin, end });
  }

  /** The ends of the open calls of a server will not be shown: it has left, or its watch has begun again. */
  lose(server: string): void {
    for (const [key, call] of this.open) if (call.server === server) this.drop(key, call);
  }

  private add(key: string, call: WatchedCall): void {
    this.open.set(key, call);
    this.tell(call);
    if (this.open.size <= this.most) return;
    const [[oldest, lost]] = this.open as unknown as [[string, WatchedCall]];
    this.drop(oldest, lost);
  }

  private drop(key: string, call: WatchedCall): void {
    this.open.delete(key);
    this.tell({ ...call, event: 'lost' });
  }
}
