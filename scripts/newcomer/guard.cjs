/** Preloaded into every program of a set-up: fails it if it loaded a file of the workspace, or a package where it must run alone. */
const { sep } = require('node:path');

process.on('exit', () => {
  const { NEWCOMER_WORKSPACE: workspace, NEWCOMER_ALONE: alone } = process.env;
  const wrong = Object.keys(require.cache).filter(
    (path) =>
      path !== __filename && (path.startsWith(workspace) || (alone === 'yes' && path.includes(`${sep}node_modules${sep}`))),
  );
  if (wrong.length === 0) return;
  console.error(`loaded ${wrong[0]}`);
  process.exitCode = 1;
});
