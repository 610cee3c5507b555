/** The latency, the calls, the errors and the refusals of a method over time, as charts. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { MethodLoad } from '../src/messages';
import { PERIOD } from './interface-view';
import { rateText, timeText } from './parts';
import { ask } from './process';
import { useAnswer } from './use';

const HEIGHT = 160;

interface Line {
  readonly name: string;
  /** The name of its colour in the style sheet. */
  readonly colour: string;
}

const TIME: readonly Line[] = [{ name: 'ms', colour: '--blue' }];
const RATES: readonly Line[] = [
  { name: 'calls/s', colour: '--blue' },
  { name: 'errors/s', colour: '--red' },
  { name: 'refused/s', colour: '--amber' },
];

/** The charts of a method, with its totals. */
export function LoadCharts({ endpoint, method }: { readonly endpoint: string; readonly method: string }) {
  const loads = useAnswer(`${endpoint} ${method}`, () => ask('methods', endpoint), PERIOD).value;
  const own = loads?.find((each) => each.method === method);
  return (
    <section aria-labelledby="load">
      <h2 id="load">Load</h2>
      {own === undefined ? <p class="note">No server has reported counts of this method yet.</p> : <Charts own={own} />}
    </section>
  );
}

function Charts({ own: { calls, errors, refusals, lastError, load, series } }: { readonly own: MethodLoad }) {
  const at = series.map(([time]) => time);
  const column = (pick: (load: MethodLoad['series'][number][1]) => number | null) => series.map(([, each]) => pick(each));
  return (
    <>
      <p class="facts">
        {calls} calls since the servers started, {errors} ended with an error, {refusals} refused
        {lastError !== '' && `; last error: ${lastError}`}
      </p>
      <div class="columns">
        <Chart
          label={`Latency, now ${timeText(load?.milliseconds)} ms`}
          lines={TIME}
          data={[at, column(({ milliseconds }) => milliseconds)]}
        />
        <Chart
          label={`Calls, now ${rateText(load?.callsPerSecond)}/s, errors ${rateText(load?.errorsPerSecond)}/s, refused ${rateText(load?.refusalsPerSecond)}/s`}
          lines={RATES}
          data={[
            at,
            column(({ callsPerSecond }) => callsPerSecond),
            column(({ errorsPerSecond }) => errorsPerSecond),
            column(({ refusalsPerSecond }) => refusalsPerSecond),
          ]}
        />
      </div>
    </>
  );
}

interface ChartProps {
  readonly label: string;
  readonly lines: readonly Line[];
  readonly data: uPlot.AlignedData;
}

/** One chart. Its label says the present values for those who do not see it. */
function Chart({ label, lines, data }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  useEffect(() => {
    const element = place.current!;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsFor(element, lines), data, element);
    };
    draw();
    const sized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    sized.observe(element);
    dark.addEventListener('change', draw);
    return () => {
      dark.removeEventListener('change', draw);
      sized.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [lines]);
  useEffect(() => plot.current?.setData(data), [data]);
  return (
    <figure>
      <figcaption>{label}</figcaption>
      <div class="chart" ref={place} role="img" aria-label={label} />
    </figure>
  );
}

function optionsFor(element: HTMLElement, lines: readonly Line[]): uPlot.Options {
  const styles = getComputedStyle(element);
  const colour = (name: string) => styles.getPropertyValue(name).trim();
  const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    cursor: { y: false },
    legend: { show: lines.length > 1 },
    scales: { y: { range: (_, __, max) => [0, Math.max(max ?? 0, 1e-3) * 1.1] } },
    axes: [axis, { ...axis, size: 55 }],
    series: [{}, ...lines.map(({ name, colour: token }) => ({ label: name, stroke: colour(token), width: 1.5, spanGaps: true }))],
  };
}
