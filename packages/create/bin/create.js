#!/usr/bin/env node
/** Creates a project: the program that `npm create @concord-rpc` starts. */
require('../dist/program.js').runProcess();
