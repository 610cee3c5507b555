#!/usr/bin/env node
/** Runs the concord command: the program that `npx @concord-rpc/cli` starts. */
require('../dist/program.js').runProcess();
