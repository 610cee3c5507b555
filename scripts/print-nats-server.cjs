/** Jest's global setup: prints the nats-server that the tests run on, and the variables that change it. */
const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

module.exports = () => {
  const { findNatsServer } = require(join(__dirname, '../packages/testing/dist/index.js'));
  const path = findNatsServer();
  const version = path === undefined ? 'not found' : `${execFileSync(path, ['--version'])}`.trim();
  const { CONCORD_NATS_STATUSES: statuses } = process.env;
  console.log(`${version} (${path})${statuses ? `, with the statuses of ${statuses}` : ''}`);
};
