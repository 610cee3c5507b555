/** Small parts that the views share: tables that become cards on a phone, numbers, notes. */
import type { ComponentChildren } from 'preact';
import type { Load } from '../src/messages';

/** A column: its head, and its cell for a row. */
export interface Column<Row> {
  readonly head: string;
  readonly isNumber?: boolean;
  cell(row: Row): ComponentChildren;
}

/** Most rows that are drawn at once; the filter finds the others. */
const MOST_ROWS = 500;

/** A table. On a narrow screen each row is a card, whose cells show their heads. */
export function Table<Row>(props: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}) {
  const { label, columns, rows, keyOf } = props;
  return (
    <>
      <table aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ head, isNumber }) => (
              <th key={head} scope="col" class={isNumber ? 'number' : undefined}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ head, isNumber, cell }) => (
                <td key={head} data-head={head} class={isNumber ? 'number' : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && <p class="note">{rows.length - MOST_ROWS} more rows are not drawn. Filter to find them.</p>}
    </>
  );
}

/** The columns of a load: rates and the average time. */
export function loadColumns<Row>(loadOf: (row: Row) => Load | undefined): readonly Column<Row>[] {
  return [
    { head: 'calls/s', isNumber: true, cell: (row) => rateText(loadOf(row)?.callsPerSecond) },
    { head: 'ms', isNumber: true, cell: (row) => timeText(loadOf(row)?.milliseconds) },
    { head: 'errors/s', isNumber: true, cell: (row) => <Alarm value={loadOf(row)?.errorsPerSecond} /> },
    { head: 'refused/s', isNumber: true, cell: (row) => <Alarm value={loadOf(row)?.refusalsPerSecond} /> },
  ];
}

function Alarm({ value }: { readonly value: number | undefined }) {
  return <span class={value !== undefined && value > 0 ? 'bad' : undefined}>{rateText(value)}</span>;
}

/** A rate with at most three digits; a dash if it is unknown. */
export function rateText(rate: number | undefined): string {
  if (rate === undefined) return '–';
  return rate === 0 ? '0' : rate < 10 ? rate.toFixed(1) : String(Math.round(rate));
}

/** Milliseconds; a dash if no call ended. */
export function timeText(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return '–';
  return milliseconds < 10 ? milliseconds.toFixed(2) : String(Math.round(milliseconds));
}

/** Versions with the number of servers at each. */
export function Versions({ versions }: { readonly versions: readonly (readonly [version: string, servers: number])[] }) {
  return (
    <span class="versions">
      {versions.map(([version, servers], index) => (
        <span key={version} class={index === versions.length - 1 ? 'version newest' : 'version'}>
          {version} <small>×{servers}</small>
        </span>
      ))}
      {versions.length > 1 && <span class="skew">skew</span>}
    </span>
  );
}

/** The state of a question: its error, or that it is being asked. */
export function Waiting({ error, isThere }: { readonly error: string | undefined; readonly isThere: boolean }) {
  if (error !== undefined)
    return (
      <p class="bad" role="alert">
        {error}
      </p>
    );
  return isThere ? null : <p class="note">Asking the fleet…</p>;
}
