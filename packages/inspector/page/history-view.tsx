/** The history of an interface: the changes of each version, newest first. */
import type { ShownContract } from '../src/messages';

const SIGNS = { added: '+', removed: '−', changed: '~', deprecated: '!' } as const;

/** The versions and their changes. */
export function HistoryView({ contract: { history } }: { readonly contract: ShownContract }) {
  return (
    <ol class="history" aria-label="Versions, newest first">
      {history.map(({ version, changes }) => (
        <li key={version}>
          <h2>{version}</h2>
          {changes.length === 0 && <p class="note">The contract states no change.</p>}
          <ul>
            {changes.map(({ kind, element, text }) => (
              <li key={`${kind} ${element}`} class={kind}>
                <span class="sign" title={kind}>
                  {SIGNS[kind]}
                </span>{' '}
                <strong>{element}</strong> <span class="hidden">{kind}</span> <code>{text}</code>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}
