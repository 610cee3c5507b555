/** The servers of a call as `concord trace` shows them. */
import type { TracedCall, TracedServer } from '../calls/trace-servers';
import { columns } from './columns';

/** A table of the servers, with the conclusion below it. */
export function traceText(traced: TracedCall): string {
  const { label, topic, namespace, because, subject, servers } = traced;
  const rows = servers.map(({ server, takes, as, why }) => [server, TAKES[takes](as), why]);
  return [
    `${label} needs ${because}`,
    `topic ${topic}, namespace ${namespace ?? 'none'}, subject ${subject}`,
    '',
    columns([['SERVER', 'TAKES IT', 'WHY'], ...rows]),
    conclusionOf(traced),
    '',
  ].join('\n');
}

const TAKES: Readonly<Record<TracedServer['takes'], (as: string | undefined) => string>> = {
  written: () => 'yes',
  older: (as) => `as ${as}`,
  no: () => 'no',
};

function conclusionOf({ servers }: TracedCall): string {
  const named = (takes: TracedServer['takes']) => servers.filter((each) => each.takes === takes).map(({ server }) => server);
  const [written, older] = [named('written'), named('older')];
  if (written.length > 0) return `The call goes to ${written.length === 1 ? written[0] : `one of ${written.join(', ')}`}.`;
  if (older.length > 0) return `No server takes the call as written; an older form of it goes to ${older.join(' or ')}.`;
  return servers.length === 0 ? 'No server answered.' : 'No server takes the call.';
}
