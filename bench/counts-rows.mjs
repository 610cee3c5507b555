/** The rows of the table of counts: what is called, and how many calls are made in one turn. */

/** Calls that are counted for each row. */
export const CALLS = 320;

const TEXT = '0123456789abcdef';

export const ROWS = [
  { id: 'echo', title: 'a call, 16 bytes each way', send: ({ call }) => call.echo(TEXT) },
  { id: 'validated', title: 'a call with a validated DTO', send: ({ call }, port) => call.create_port(port) },
  { id: 'cast', title: 'a cast', isOneWay: true, send: ({ cast }, port) => cast(port.id) },
  { id: 'echo-64', title: '64 calls in a turn', together: 64, isShared: true, send: ({ call }) => call.echo(TEXT) },
  {
    id: 'echo-64-alone',
    title: '64 calls in a turn, `batch: false`',
    together: 64,
    batch: false,
    send: ({ call }) => call.echo(TEXT),
  },
  {
    id: 'cast-64',
    title: '64 casts in a turn',
    isOneWay: true,
    isShared: true,
    together: 64,
    send: ({ cast }, port) => cast(port.id),
  },
  {
    id: 'cast-64-alone',
    title: '64 casts in a turn, `batch: false`',
    isOneWay: true,
    together: 64,
    batch: false,
    send: ({ cast }, port) => cast(port.id),
  },
];
