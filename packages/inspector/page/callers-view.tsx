/** The callers of an interface, at which versions, as its servers have counted them. */
import type { ShownCaller } from '../src/messages';
import { type Column, Table, Waiting } from './parts';
import { ask } from './process';
import { useAnswer } from './use';

/** Milliseconds between two questions. */
const PERIOD = 10_000;

const COLUMNS: readonly Column<ShownCaller>[] = [
  { head: 'Caller', cell: ({ caller }) => caller ?? '(no name)' },
  { head: 'Contract', cell: ({ contract }) => contract ?? 'not stated' },
  { head: 'Calls', isNumber: true, cell: ({ calls }) => calls },
  { head: 'Needed at most', cell: ({ needs }) => needs },
  { head: 'Last call', cell: ({ ago }) => `${ago} s ago` },
];

/** The callers. */
export function CallersView({ endpoint }: { readonly endpoint: string }) {
  const { value, error } = useAnswer(endpoint, () => ask('callers', endpoint), PERIOD);
  return (
    <>
      <Waiting error={error} isThere={value !== undefined} />
      {value !== undefined && (
        <>
          <Table
            label="Callers"
            columns={COLUMNS}
            rows={value.callers}
            keyOf={({ caller, contract }) => JSON.stringify([caller, contract])}
          />
          <p class="note">
            Counted by {value.counted.servers} servers over at most {value.counted.seconds} s
            {value.counted.silent > 0 && `; ${value.counted.silent} servers reported none`}.
          </p>
        </>
      )}
    </>
  );
}
