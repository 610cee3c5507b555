/** The Grafana dashboard, as typed data. `npm run dashboard` writes it into `concord.dashboard.json`, which users import. */
import { type Dashboard, LegendDisplayMode, type Panel, StackingMode, TooltipDisplayMode, VariableHide } from '@grafana/schema';

/** A query: an expression of PromQL, and the legend of its series. */
interface Query {
  readonly expr: string;
  readonly legend: string;
}

/** A graph of one or more queries. */
interface Graph {
  readonly title: string;
  readonly description: string;
  readonly unit: 'reqps' | 's' | 'percentunit' | 'short';
  readonly queries: readonly Query[];
  readonly stacked?: true;
}

const DATASOURCE = { type: 'prometheus', uid: '$datasource' };
const WIDTH = 8;
const HEIGHT = 8;
const COLUMNS = 3;

const rate = (metric: string, labels = '') => `rate(${metric}{job=~"$job"${labels}}[$__rate_interval])`;
const CLIENT = 'rpc_client_call_duration_seconds';
const SERVER = 'rpc_server_call_duration_seconds';
const quantile = (part: number, metric: string): Query => ({
  expr: `histogram_quantile(${part}, sum by (le, rpc_method) (${rate(`${metric}_bucket`)}))`,
  legend: `{{rpc_method}} p${part * 100}`,
});

const ROWS: Readonly<Record<string, readonly Graph[]>> = {
  Clients: [
    {
      title: 'Calls',
      description: 'Calls per second that ended, by method.',
      unit: 'reqps',
      queries: [{ expr: `sum by (rpc_method) (${rate(`${CLIENT}_count`)})`, legend: '{{rpc_method}}' }],
    },
    {
      title: 'Failed calls',
      description: 'Share of the calls of a method that ended with this code. Errors that the contract declares are results.',
      unit: 'percentunit',
      queries: [
        {
          expr:
            `sum by (rpc_method, rpc_status_code) (${rate(`${CLIENT}_count`, ',rpc_status_code!~"ok|declared"')})` +
            ` / on (rpc_method) group_left sum by (rpc_method) (${rate(`${CLIENT}_count`)})`,
          legend: '{{rpc_method}} {{rpc_status_code}}',
        },
      ],
    },
    {
      title: 'Duration of calls',
      description: 'Until the last answer. Casts end when the broker has confirmed them.',
      unit: 's',
      queries: [quantile(0.5, CLIENT), quantile(0.99, CLIENT)],
    },
    {
      title: 'Messages per call',
      description: '1 if no call is repeated. Retries and older forms need more messages.',
      unit: 'short',
      queries: [
        {
          expr: `sum by (rpc_method) (${rate('concord_client_attempts_total')}) / sum by (rpc_method) (${rate(`${CLIENT}_count`)})`,
          legend: '{{rpc_method}}',
        },
      ],
    },
    {
      title: 'Calls in an older form',
      description: 'Calls per second that no server took as they were written. Normal during an upgrade; 0 after it.',
      unit: 'reqps',
      queries: [{ expr: `sum by (rpc_method) (${rate('concord_client_older_form_total')})`, legend: '{{rpc_method}}' }],
    },
  ],
  Servers: [
    {
      title: 'Requests',
      description: 'Requests per second that ended, by method. _OTHER: methods that the server does not serve.',
      unit: 'reqps',
      queries: [{ expr: `sum by (rpc_method) (${rate(`${SERVER}_count`)})`, legend: '{{rpc_method}}' }],
    },
    {
      title: 'Outcomes',
      description: 'Requests per second by code.',
      unit: 'reqps',
      queries: [{ expr: `sum by (rpc_status_code) (${rate(`${SERVER}_count`)})`, legend: '{{rpc_status_code}}' }],
      stacked: true,
    },
    {
      title: 'Duration of requests',
      description: 'From the arrival of a request; time in the queue counts.',
      unit: 's',
      queries: [quantile(0.5, SERVER), quantile(0.99, SERVER)],
    },
    {
      title: 'Running and queued',
      description: 'Handlers that run, and calls in queues, at the time of the scrape.',
      unit: 'short',
      queries: [
        { expr: 'sum(concord_server_active{job=~"$job"})', legend: 'running' },
        { expr: 'sum(concord_server_queued{job=~"$job"})', legend: 'queued' },
      ],
    },
    {
      title: 'Refused messages',
      description: 'Messages per second that were refused before a handler ran, by code.',
      unit: 'reqps',
      queries: [{ expr: `sum by (code) (${rate('concord_server_refused_total')})`, legend: '{{code}}' }],
    },
  ],
  Versions: [
    {
      title: 'Servers by version',
      description: 'Running servers that clients see. Every client sees all servers of its topic, so the largest count is shown.',
      unit: 'short',
      queries: [{ expr: 'max by (contract, version) (concord_fleet_servers{job=~"$job"})', legend: '{{contract}} {{version}}' }],
      stacked: true,
    },
    {
      title: 'Callers by version of their contract',
      description:
        'Callers of the last 15 minutes, of the server that has most of them. _OTHER: versions that the server does not know.',
      unit: 'short',
      queries: [
        {
          expr: 'max by (contract, contract_version) (concord_callers{job=~"$job"})',
          legend: '{{contract}} {{contract_version}}',
        },
      ],
      stacked: true,
    },
  ],
};

/** The dashboard. */
export const dashboard: Dashboard = {
  uid: 'concord-rpc',
  title: 'Concord',
  description: 'Calls, servers and versions of fleets that speak Concord.',
  tags: ['concord', 'rpc'],
  schemaVersion: 41,
  editable: true,
  refresh: '30s',
  time: { from: 'now-1h', to: 'now' },
  templating: {
    list: [
      {
        name: 'datasource',
        label: 'Data source',
        type: 'datasource',
        query: 'prometheus',
        hide: VariableHide.dontHide,
        skipUrlSync: false,
      },
      {
        name: 'job',
        label: 'Job',
        type: 'query',
        datasource: DATASOURCE,
        query: `label_values({__name__=~"${CLIENT}_count|${SERVER}_count", rpc_system_name="concord"}, job)`,
        multi: true,
        includeAll: true,
        allValue: '.*',
        current: { text: ['All'], value: ['$__all'] },
        hide: VariableHide.dontHide,
        skipUrlSync: false,
      },
    ],
  },
  panels: panels(),
};

function panels(): Dashboard['panels'] {
  const all: NonNullable<Dashboard['panels']> = [];
  let y = 0;
  for (const [title, graphs] of Object.entries(ROWS)) {
    const gridPos = { x: 0, y: y++, w: WIDTH * COLUMNS, h: 1 };
    all.push({ id: all.length + 1, type: 'row', title, collapsed: false, gridPos, panels: [] });
    for (const [index, graph] of graphs.entries()) {
      const place = { x: (index % COLUMNS) * WIDTH, y: y + Math.floor(index / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT };
      all.push({ ...graphPanel(graph), id: all.length + 1, gridPos: place });
    }
    y += Math.ceil(graphs.length / COLUMNS) * HEIGHT;
  }
  return all;
}

function graphPanel({ title, description, unit, queries, stacked }: Graph): Panel {
  return {
    type: 'timeseries',
    title,
    description,
    datasource: DATASOURCE,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
    })),
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        custom: {
          fillOpacity: stacked ? 30 : 0,
          stacking: { mode: stacked ? StackingMode.Normal : StackingMode.None, group: 'A' },
        },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: LegendDisplayMode.List, placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: TooltipDisplayMode.Multi },
    },
  };
}
