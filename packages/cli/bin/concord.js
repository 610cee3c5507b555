#!/usr/bin/env node
/** Runs the concord command: the program that `npx concord` starts. */
require('../dist/program.js').runProcess();
