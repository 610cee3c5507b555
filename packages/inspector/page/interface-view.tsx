/** One interface: its methods with their load, its history, its callers, its matrix, and calls as they pass. */
import type { InspectorFacts, MethodLoad, ShownContract } from '../src/messages';
import { CallersView } from './callers-view';
import { HistoryView } from './history-view';
import { MatrixView } from './matrix-view';
import { type Column, loadColumns, Table, Versions, Waiting } from './parts';
import { ask } from './process';
import { hrefOf, useAnswer } from './use';
import { WatchView } from './watch-view';

/** Milliseconds between two readings of loads. */
export const PERIOD = 2_000;

/** Views of an interface beside its methods. No method has such a name, which is no token. */
export const TABS: Readonly<Record<string, string>> = {
  ':history': 'History',
  ':callers': 'Callers',
  ':matrix': 'Matrix',
  ':watch': 'Live calls',
};

interface InterfaceProps {
  readonly endpoint: string;
  readonly tab: string | undefined;
  readonly facts: InspectorFacts | undefined;
}

/** The interface. */
export function InterfaceView({ endpoint, tab, facts }: InterfaceProps) {
  const { value: contract, error } = useAnswer(endpoint, () => ask('contract', endpoint));
  return (
    <>
      <nav aria-label="Path">
        <a href={hrefOf()}>Fleet</a>
      </nav>
      <h1>{endpoint}</h1>
      <Waiting error={error} isThere={contract !== undefined} />
      {contract !== undefined && <Head contract={contract} />}
      <nav class="tabs" aria-label="Views of the interface">
        {[[undefined, 'Methods'] as const, ...Object.entries(TABS)].map(([part, name]) => (
          <a
            key={name}
            href={part === undefined ? hrefOf(endpoint) : hrefOf(endpoint, part)}
            aria-current={part === tab ? 'page' : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      {contract !== undefined && tab === undefined && <Methods contract={contract} />}
      {contract !== undefined && tab === ':history' && <HistoryView contract={contract} />}
      {tab === ':callers' && <CallersView endpoint={endpoint} />}
      {tab === ':matrix' && <MatrixView endpoint={endpoint} />}
      {tab === ':watch' && <WatchView endpoint={endpoint} canWatch={facts?.canWatch === true} />}
    </>
  );
}

function Head({ contract: { endpoint, topic, document, versions } }: { readonly contract: ShownContract }) {
  const { version, namespace = 'none', codec = 'json', description } = document.endpoints[endpoint]!;
  return (
    <>
      <p class="facts">
        {version} on {topic}, namespace {namespace}, codec {codec}. Servers at <Versions versions={Object.entries(versions)} />
      </p>
      {description !== undefined && <p>{description}</p>}
    </>
  );
}

interface MethodRow {
  readonly name: string;
  readonly signature: string;
  readonly isDeprecated: boolean;
  readonly load: MethodLoad | undefined;
}

function Methods({ contract: { endpoint, document, methods } }: { readonly contract: ShownContract }) {
  const loads = useAnswer(endpoint, () => ask('methods', endpoint), PERIOD).value ?? [];
  const columns: readonly Column<MethodRow>[] = [
    {
      head: 'Method',
      cell: ({ name, isDeprecated }) => (
        <>
          <a href={hrefOf(endpoint, name)}>{name}</a> {isDeprecated && <span class="tag">deprecated</span>}
        </>
      ),
    },
    { head: 'Contract', cell: ({ signature }) => <code>{signature}</code> },
    ...loadColumns<MethodRow>(({ load }) => load?.load),
  ];
  const rows = Object.entries(document.endpoints[endpoint]!.methods).map(([name, { deprecated }]) => ({
    name,
    signature: methods[name]!.signature,
    isDeprecated: deprecated !== undefined,
    load: loads.find(({ method }) => method === name),
  }));
  return <Table label="Methods" columns={columns} rows={rows} keyOf={({ name }) => name} />;
}
