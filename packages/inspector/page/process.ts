/** Requests of the page to the process of the inspector. */
import type {
  CallStep,
  InspectorFacts,
  JudgedCall,
  MethodLoad,
  PageCall,
  ShownCallers,
  ShownContract,
  ShownMatrix,
} from '../src/messages';

/** The answers by name of the question about an interface. */
interface Answers {
  readonly contract: ShownContract;
  readonly methods: readonly MethodLoad[];
  readonly callers: ShownCallers;
  readonly matrix: ShownMatrix;
}

/** Asks a question about an interface. @throws Error with the reason and the remedy. */
export async function ask<K extends keyof Answers>(question: K, endpoint: string): Promise<Answers[K]> {
  return read(await fetch(`${question}?${new URLSearchParams({ endpoint })}`));
}

/** Asks for the facts in the head of the page. */
export async function askFacts(): Promise<InspectorFacts> {
  return read(await fetch('facts'));
}

/** Checks the arguments of a call without sending it. */
export async function judge(call: PageCall, signal: AbortSignal): Promise<JudgedCall> {
  return read(await post('judge', call, signal));
}

/** Sends a call, and gives its steps as they come. */
export async function* send(call: PageCall, signal: AbortSignal): AsyncIterable<CallStep> {
  const response = await post('call', call, signal);
  if (!response.ok || response.body === null) throw await failure(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as CallStep;
  }
}

function post(path: string, body: unknown, signal: AbortSignal): Promise<Response> {
  return fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal });
}

async function read<T>(response: Response): Promise<T> {
  if (!response.ok) throw await failure(response);
  return response.json() as Promise<T>;
}

async function failure(response: Response): Promise<Error> {
  const { error = `HTTP ${response.status}`, remedy } = await response.json().catch(() => ({}));
  return new Error(remedy === undefined ? error : `${error}; ${remedy}`);
}
