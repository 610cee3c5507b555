/** The first view: the interfaces of each topic with their versions, and every server with its health and load. */
import { useState } from 'preact/hooks';
import type { ShownServer } from '../src/messages';
import { type FleetStore, type InterfaceRow, interfacesOf } from './fleet-store';
import { type Column, loadColumns, Table, Versions } from './parts';
import { hrefOf } from './use';

const INTERFACES: readonly Column<InterfaceRow>[] = [
  { head: 'Topic', cell: ({ topic }) => topic },
  { head: 'Interface', cell: ({ endpoint }) => <a href={hrefOf(endpoint)}>{endpoint}</a> },
  { head: 'Servers', isNumber: true, cell: ({ servers }) => servers },
  { head: 'Versions', cell: ({ versions }) => <Versions versions={versions} /> },
];

const HEALTH = { up: 'up', late: 'late: no sign of presence', shared: 'several servers have this name' } as const;

const SERVERS: readonly Column<ShownServer>[] = [
  { head: 'Server', cell: ({ server }) => <strong>{server}</strong> },
  { head: 'Topic', cell: ({ topic }) => topic },
  { head: 'Health', cell: ({ health }) => <span class={`health ${health}`}>{HEALTH[health]}</span> },
  {
    head: 'Serves',
    cell: ({ endpoints }) => (
      <ul class="inline">
        {endpoints.map(({ endpoint, version }) => (
          <li key={`${endpoint} ${version}`}>
            <a href={hrefOf(endpoint)}>{endpoint}</a> {version}
          </li>
        ))}
      </ul>
    ),
  },
  { head: 'Labels', cell: ({ labels }) => labelsText(labels) },
  ...loadColumns<ShownServer>(({ load }) => load),
];

/** The fleet. */
export function FleetView({ fleet }: { readonly fleet: FleetStore }) {
  const [filter, setFilter] = useState('');
  const servers = fleet.servers.filter((server) => matches(server, filter));
  const interfaces = interfacesOf(servers);
  const names = new Set(servers.map(({ server }) => server)).size;
  const skewed = interfaces.filter(({ versions }) => versions.length > 1).length;
  return (
    <>
      <div class="bar">
        <h1>Fleet</h1>
        <label>
          Filter{' '}
          <input
            type="search"
            placeholder="server, topic, interface, label"
            value={filter}
            onInput={({ currentTarget }) => setFilter(currentTarget.value)}
          />
        </label>
      </div>
      <p class="facts" id="facts" aria-live="polite">
        {fleet.isFilled
          ? [
              counted(names, 'server'),
              counted(new Set(servers.map(({ topic }) => topic)).size, 'topic'),
              counted(interfaces.length, 'interface'),
              `${skewed} at several versions`,
            ].join(', ')
          : 'Asking the fleet…'}
      </p>
      <h2>Interfaces</h2>
      <Table label="Interfaces" columns={INTERFACES} rows={interfaces} keyOf={({ topic, endpoint }) => `${topic} ${endpoint}`} />
      <h2>Servers</h2>
      <Table label="Servers" columns={SERVERS} rows={servers} keyOf={({ topic, server }) => `${topic} ${server}`} />
    </>
  );
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function labelsText(labels: ShownServer['labels']): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

function matches({ server, topic, labels, endpoints }: ShownServer, filter: string): boolean {
  const text = [server, topic, labelsText(labels), ...endpoints.map(({ endpoint, version }) => `${endpoint} ${version}`)].join(
    ' ',
  );
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));
}
