/** Draws throughput and CPU as × raw: one panel per workload, one bar per contender, readable on light and dark pages. */
import { BASELINE, OURS } from './contenders.mjs';
import { formatRatio, NOTHING } from './format.mjs';
import { ratio } from './statistics.mjs';
import { MAIN, titleOf } from './workloads.mjs';

const PANELS = [
  ...MAIN.map((workload) => ({ title: `${titleOf(workload)}, × raw`, workload, path: 'perSecond' })),
  { title: 'CPU, networks c64 (less is better)', workload: 'networks-c64', path: 'cpu.total' },
];
const COLUMNS = 2;
const PANEL = { width: 440, head: 30, label: 165, figure: 44, row: 19, bar: 12, gap: 22 };
const STYLE = `
  text { font-family: system-ui, -apple-system, 'Segoe UI', sans-serif; font-size: 12px; fill: #1f2328; }
  .title { font-weight: 600; font-size: 13px; }
  .bar { fill: #8c959f; }
  .ours { fill: #0969da; }
  .raw { stroke: #57606a; stroke-dasharray: 3 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .bar { fill: #6e7681; }
    .ours { fill: #4493f8; }
    .raw { stroke: #9198a1; }
  }`;

/** Returns the chart as SVG. Contenders without a broker have no bar, because they do not do the same work. */
export function drawChart(rows, contenders) {
  const compared = contenders.filter(({ inProcess }) => !inProcess);
  const measured = PANELS.filter(({ workload }) => rows.some((row) => row.workload === workload));
  const height = PANEL.head + compared.length * PANEL.row + PANEL.gap;
  const panels = measured.map((panel, index) => {
    const x = (index % COLUMNS) * PANEL.width;
    const y = Math.floor(index / COLUMNS) * height;
    return `<g transform="translate(${x} ${y})">\n${drawPanel(rows, panel, compared)}\n</g>`;
  });
  const size = { width: COLUMNS * PANEL.width, height: Math.ceil(measured.length / COLUMNS) * height };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="img" aria-label="Throughput and CPU of each contender as a multiple of raw nc.request()">
<style>${STYLE}
</style>
${panels.join('\n')}
</svg>
`;
}

/** The figures have their own column, so that the dashed line at raw does not cross them. */
function drawPanel(rows, { title, workload, path }, contenders) {
  const bars = contenders.map((contender) => ({
    contender,
    over: ratio(rows, [contender.id, workload], [BASELINE, workload], path)?.median,
  }));
  const longest = Math.max(1, ...bars.map(({ over }) => over ?? 0));
  const scale = (PANEL.width - PANEL.label - PANEL.figure - 10) / longest;
  const bottom = PANEL.head + bars.length * PANEL.row;
  const lines = bars.map(({ contender, over }, index) => {
    const y = PANEL.head + index * PANEL.row;
    const name = contender.title.replace(/[*`]/g, '');
    const kind = OURS.includes(contender.id) ? 'bar ours' : 'bar';
    return [
      `<text x="${PANEL.label - 8}" y="${y + 11}" text-anchor="end">${name}</text>`,
      `<rect class="${kind}" x="${PANEL.label}" y="${y + 1}" width="${((over ?? 0) * scale).toFixed(1)}" height="${PANEL.bar}" rx="2"/>`,
      `<text x="${PANEL.width - 12}" y="${y + 11}" text-anchor="end">${over === undefined ? NOTHING : formatRatio(over)}</text>`,
    ].join('\n');
  });
  const one = (PANEL.label + scale).toFixed(1);
  return [
    `<text class="title" x="${PANEL.label}" y="18">${title}</text>`,
    ...lines,
    `<line class="raw" x1="${one}" x2="${one}" y1="${PANEL.head - 4}" y2="${bottom}"/>`,
  ].join('\n');
}
