#!/usr/bin/env node
/** Runs the concord command: the program that `npx concord` starts. */
require('@concord-rpc/cli').runProcess();
