/** Calls of an interface as they pass, if the process observes them. */
import { useEffect, useState } from 'preact/hooks';
import type { PassingCall } from '../src/messages';
import { type Column, Table, timeText } from './parts';

/** Most calls and notes that are shown, and milliseconds between two drawings. */
const MOST = 200;
const MOST_NOTES = 5;
const DRAW = 250;

interface SeenRow extends PassingCall {
  readonly number: number;
}

const COLUMNS: readonly Column<SeenRow>[] = [
  { head: 'Time', cell: ({ at }) => new Date(at).toISOString().slice(11, 23) },
  { head: 'Method', cell: ({ method }) => method },
  { head: 'Caller', cell: ({ caller }) => caller ?? '' },
  { head: 'Server', cell: ({ server }) => server ?? '' },
  { head: 'Needs', cell: ({ needs }) => needs ?? '' },
  { head: 'Outcome', cell: ({ outcome }) => <span class={outcome === 'ok' ? undefined : 'bad'}>{outcome}</span> },
  { head: 'ms', isNumber: true, cell: ({ milliseconds }) => timeText(milliseconds) },
];

/** The calls, newest first. */
export function WatchView({ endpoint, canWatch }: { readonly endpoint: string; readonly canWatch: boolean }) {
  const [rows, setRows] = useState<readonly SeenRow[]>([]);
  const [notes, setNotes] = useState<readonly string[]>([]);
  const [isPaused, setPaused] = useState(false);
  useEffect(() => {
    if (!canWatch || isPaused) return undefined;
    const events = new EventSource(`watch?${new URLSearchParams({ endpoint })}`);
    let fresh: SeenRow[] = [];
    let number = 0;
    events.addEventListener('call', ({ data }) => {
      fresh.unshift({ ...(JSON.parse(data) as PassingCall), number: number++ });
      if (fresh.length > MOST) fresh.length = MOST;
    });
    events.addEventListener('note', ({ data }) => {
      const note = JSON.parse(data) as string;
      setNotes((before) => [note, ...before.filter((each) => each !== note)].slice(0, MOST_NOTES));
    });
    const timer = setInterval(() => {
      if (fresh.length === 0) return;
      const added = fresh;
      fresh = [];
      setRows((before) => [...added, ...before].slice(0, MOST));
    }, DRAW);
    return () => {
      clearInterval(timer);
      events.close();
    };
  }, [endpoint, canWatch, isPaused]);
  if (!canWatch) return <p class="note">This inspector does not observe calls.</p>;
  return (
    <>
      <button type="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
        {isPaused ? 'Go on' : 'Pause'}
      </button>
      <Table label="Live calls, newest first" columns={COLUMNS} rows={rows} keyOf={({ at, number }) => `${at} ${number}`} />
      {notes.map((note) => (
        <p class="note" key={note}>
          {note}
        </p>
      ))}
      {rows.length === 0 && <p class="note">No call has passed yet.</p>}
    </>
  );
}
