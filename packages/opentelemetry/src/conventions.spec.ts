/** The names of the conventions: those of the package that publishes them, and those that the guide lists. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as published from '@opentelemetry/semantic-conventions';
import { ATTRIBUTES, DURATIONS } from './conventions';

test('the names are those of the conventions', () => {
  expect(ATTRIBUTES).toMatchObject({
    system: published.ATTR_RPC_SYSTEM_NAME,
    method: published.ATTR_RPC_METHOD,
    methodOriginal: published.ATTR_RPC_METHOD_ORIGINAL,
    statusCode: published.ATTR_RPC_STATUS_CODE,
    errorType: published.ATTR_ERROR_TYPE,
    serverAddress: published.ATTR_SERVER_ADDRESS,
  });
  expect(DURATIONS.client.name).toBe(published.METRIC_RPC_CLIENT_CALL_DURATION);
  expect(DURATIONS.server.name).toBe(published.METRIC_RPC_SERVER_CALL_DURATION);
});

test('the guide lists each attribute', () => {
  const guide = readFileSync(join(__dirname, '../../../docs/guides/opentelemetry.md'), 'utf8');
  const [, table] = /\| attribute \| on \| is \|\n\|---\|---\|---\|\n([\s\S]*?)\n\n/.exec(guide)!;
  const listed = table!.split('\n').flatMap((row) => [...row.split('|')[1]!.matchAll(/`([\w.]+)`/g)].map(([, name]) => name));
  expect(listed.sort()).toEqual(Object.values(ATTRIBUTES).sort());
});
