/** The page: its head, and the view that the address names. */
import type { InspectorFacts } from '../src/messages';
import type { FleetStore } from './fleet-store';
import { FleetView } from './fleet-view';
import { InterfaceView, TABS } from './interface-view';
import { MethodView } from './method-view';
import { askFacts } from './process';
import { hrefOf, useAnswer, useFleet, useRoute } from './use';

const LINKS = { connecting: 'connecting', open: 'live', away: 'the inspector does not answer' } as const;

/** The whole page. */
export function App({ store }: { readonly store: FleetStore }) {
  const [endpoint, part] = useRoute();
  const fleet = useFleet(store);
  const facts = useAnswer('facts', askFacts, 10_000).value;
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header>
        <a class="brand" href={hrefOf()}>
          Concord inspector
        </a>
        <span class="broker">{facts?.broker}</span>
        {facts?.canCall === false && <span class="tag">read-only</span>}
        <span class={`link ${fleet.link}`} role="status">
          {LINKS[fleet.link]}
        </span>
      </header>
      <main id="main" tabIndex={-1}>
        {facts?.notes.map((note) => (
          <p key={note} class="note">
            {note}
          </p>
        ))}
        <View endpoint={endpoint} part={part} fleet={fleet} facts={facts} />
      </main>
    </>
  );
}

interface ViewProps {
  readonly endpoint: string | undefined;
  readonly part: string | undefined;
  readonly fleet: FleetStore;
  readonly facts: InspectorFacts | undefined;
}

function View({ endpoint, part, fleet, facts }: ViewProps) {
  if (endpoint === undefined) return <FleetView fleet={fleet} />;
  if (part === undefined || part in TABS) return <InterfaceView key={endpoint} endpoint={endpoint} tab={part} facts={facts} />;
  return (
    <MethodView key={`${endpoint}/${part}`} endpoint={endpoint} method={part} canCall={facts?.canCall === true} fleet={fleet} />
  );
}
