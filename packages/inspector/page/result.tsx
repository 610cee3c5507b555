/** The result, the items or the error of a call. */
import type { CallStep } from '../src/messages';
import { timeText } from './parts';

const RAN: Readonly<Record<string, string>> = {
  no: 'The call did not run.',
  maybe: 'The call may have run.',
  yes: 'The call ran.',
};

/** The steps of a call. */
export function Result({ steps, isRunning }: { readonly steps: readonly CallStep[]; readonly isRunning: boolean }) {
  return (
    <div class="result" aria-live="polite" aria-busy={isRunning}>
      {isRunning && steps.length === 0 && <p class="note">Calling…</p>}
      {steps.map((step, index) => (
        <Step key={index} step={step} />
      ))}
    </div>
  );
}

function Step({ step }: { readonly step: CallStep }) {
  switch (step.kind) {
    case 'item':
      return <pre>{JSON.stringify(step.value)}</pre>;
    case 'result':
      return (
        <>
          <p class="good">Done after {timeText(step.milliseconds)} ms.</p>
          {step.value !== undefined && <pre>{JSON.stringify(step.value, undefined, 2)}</pre>}
        </>
      );
    case 'note':
      return <p class="note">{step.text}</p>;
    case 'error':
      return (
        <div role="alert">
          <p class="bad">{step.message}</p>
          <p>{RAN[step.executed]}</p>
          {step.data !== undefined && <pre>{JSON.stringify(step.data, undefined, 2)}</pre>}
        </div>
      );
  }
}
