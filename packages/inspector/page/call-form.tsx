/** A form to call a method: its fields, the version that the call needs while one types, and what the call gives. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { CallStep, JudgedCall, PageCall } from '../src/messages';
import type { ArgDocument, MethodDocument } from './contract-types';
import { emptyValue, isUnread, jsonIn, type Types } from './draft';
import { Field, withPart } from './fields';
import { judge, send } from './process';
import { Result } from './result';

/** Milliseconds without a key before the call is judged. */
const PAUSE = 150;
/** Most items of a stream that are shown, the newest. */
const MOST_ITEMS = 200;

interface FormProps {
  readonly endpoint: string;
  readonly name: string;
  readonly method: MethodDocument;
  readonly types: Types;
  readonly servers: readonly string[];
  readonly canCall: boolean;
}

const VERBS = { any: 'Call', call: 'Call', stream: 'Start the stream', cast: 'Cast', fanout: 'Fan out' } as const;

/** The form. Without permission to call, it only judges. */
export function CallForm({ endpoint, name, method, types, servers, canCall }: FormProps) {
  const declared = method.args ?? [];
  const [args, setArgs] = useState<Readonly<Record<string, unknown>>>(() => firstArguments(declared, types));
  const [isJson, setJson] = useState(false);
  const [to, setTo] = useState('');
  const [timeout, setTimeoutText] = useState('');
  const [judged, setJudged] = useState<JudgedCall & { readonly error?: string }>();
  const [steps, setSteps] = useState<readonly CallStep[]>([]);
  const running = useRef<AbortController | undefined>(undefined);
  const [isRunning, setRunning] = useState(false);

  const unread = Object.values(args).some(isUnread) || (isJson && isUnread(args));
  useEffect(() => {
    const ended = new AbortController();
    const timer = setTimeout(() => {
      judge({ endpoint, method: name, args }, ended.signal).then(setJudged, (thrown: Error) => {
        if (!ended.signal.aborted) setJudged({ servers: [], problems: [], error: thrown.message });
      });
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [endpoint, name, args]);
  useEffect(() => () => running.current?.abort(), []);

  const call = async () => {
    const controller = new AbortController();
    running.current = controller;
    setRunning(true);
    setSteps([]);
    const asked: PageCall = {
      ...{ endpoint, method: name, args },
      ...(to !== '' && { to }),
      ...(timeout !== '' && { timeout: Number(timeout) }),
    };
    const add = (step: CallStep) => setSteps((before) => [...before.slice(-MOST_ITEMS), step]);
    try {
      for await (const step of send(asked, controller.signal)) add(step);
    } catch (thrown) {
      const text = controller.signal.aborted ? 'The call was ended.' : (thrown as Error).message;
      add({ kind: 'note', text });
    }
    setRunning(false);
  };

  const problems = new Map((judged?.problems ?? []).map(({ path, message }) => [path.replace(/\[(\d+)\]/g, '.$1'), message]));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isRunning && canCall) void call();
      }}
    >
      {isJson ? (
        <div class="field">
          <label for="json">Arguments as JSON</label>
          <textarea
            id="json"
            rows={8}
            spellcheck={false}
            value={isUnread(args) ? args.unread : JSON.stringify(args, undefined, 2)}
            onInput={({ currentTarget }) => setArgs(jsonIn(currentTarget.value) as typeof args)}
          />
        </div>
      ) : (
        declared.map((arg) => (
          <Field
            key={arg.name}
            form={{ types, problems }}
            schema={arg.schema}
            path={arg.name}
            label={arg.name}
            since={arg.since}
            isOptional={isOptional(arg)}
            value={args[arg.name]}
            depth={0}
            onChange={(value) => setArgs((before) => withPart(before, arg.name, value))}
          />
        ))
      )}
      {declared.length > 0 && (
        <button type="button" class="small" disabled={unread} onClick={() => setJson(!isJson)}>
          {isJson ? 'Show fields' : 'Edit as JSON'}
        </button>
      )}
      <Judgement judged={judged} problems={isJson ? problems : new Map()} />
      {canCall && (
        <div class="send">
          {method.mode !== 'fanout' && (
            <label>
              Server{' '}
              <select value={to} onChange={({ currentTarget }) => setTo(currentTarget.value)}>
                <option value="">any</option>
                {servers.map((server) => (
                  <option key={server}>{server}</option>
                ))}
              </select>
            </label>
          )}
          <label>
            Timeout, ms{' '}
            <input
              class="short"
              inputMode="numeric"
              pattern="[0-9]{1,6}"
              placeholder={String(method.timeoutMs ?? 10_000)}
              value={timeout}
              onInput={({ currentTarget }) => setTimeoutText(currentTarget.value)}
            />
          </label>
          <button type="submit" class="primary" disabled={isRunning || unread || (judged?.problems.length ?? 0) > 0}>
            {VERBS[method.mode]}
          </button>
          {isRunning && (
            <button type="button" onClick={() => running.current?.abort()}>
              End
            </button>
          )}
        </div>
      )}
      <Result steps={steps} isRunning={isRunning} />
    </form>
  );
}

interface JudgementProps {
  readonly judged: (JudgedCall & { readonly error?: string }) | undefined;
  readonly problems: ReadonlyMap<string, string>;
}

/** The version that the call needs, and the servers that serve it. */
function Judgement({ judged, problems }: JudgementProps) {
  const { needs, because, servers = [], error } = judged ?? {};
  const count = servers.length;
  return (
    <div class="judgement" aria-live="polite">
      {error !== undefined && <p class="bad">{error}</p>}
      {needs !== undefined && (
        <p>
          This call needs <strong>{because}</strong>:{' '}
          {count === 0 ? (
            <span class="bad">no server serves it as it is written.</span>
          ) : (
            <span>
              {count} {count === 1 ? 'server serves' : 'servers serve'} it: {servers.slice(0, 5).join(', ')}
              {count > 5 && ', …'}
            </span>
          )}
        </p>
      )}
      {judged !== undefined && judged.problems.length > 0 && <p class="bad">The arguments do not fit the contract.</p>}
      {[...problems].map(([path, message]) => (
        <p key={path} class="bad">
          {path} {message}
        </p>
      ))}
    </div>
  );
}

function isOptional(arg: ArgDocument): boolean {
  return arg.required === false || 'default' in arg;
}

function firstArguments(declared: readonly ArgDocument[], types: Types): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    declared.filter((arg) => !isOptional(arg)).map(({ name, schema }) => [name, emptyValue(schema, types)]),
  );
}
