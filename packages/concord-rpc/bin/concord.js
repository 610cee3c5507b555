#!/usr/bin/env node
/** The concord command, as `npx concord` runs it. */
require('@concord-rpc/cli').runProcess();
