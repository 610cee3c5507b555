/** The options of commands that connect to NATS. */
import type { Command } from 'commander';

/** Adds the options to a command. Those of credentials and certificates have the names that the `nats` command uses. */
export function addLoginOptions(command: Command): Command {
  return command
    .option('--context <NAME>', 'log in to NATS as a context of the command nats does (default: $NATS_CONTEXT)')
    .option('--user <NAME>', 'the user of NATS (default: the one in the URL, or $NATS_USER)')
    .option('--password <text>', 'the password of NATS; other users of this machine can see it (default: $NATS_PASSWORD)')
    .option('--token <text>', 'the token of NATS; other users of this machine can see it (default: $NATS_TOKEN)')
    .option('--creds <FILE>', 'a credentials file of NATS (default: $NATS_CREDS)')
    .option('--nkey <FILE>', 'a file with the seed of an nkey (default: $NATS_NKEY)')
    .option('--tlsca <FILE>', 'the certificate of the authority that signed the certificate of NATS (default: $NATS_CA)')
    .option('--tlscert <FILE>', 'the certificate of this client (default: $NATS_CERT)')
    .option('--tlskey <FILE>', 'the private key of this client (default: $NATS_KEY)')
    .option(
      '--inbox <NAME>',
      'the token of this user in reply subjects, if it can subscribe only to rpcr.NAME.> (default: $CONCORD_INBOX, else random)',
    )
    .option(
      '--root <NAME>',
      'the first token of all subjects, if the transports of the fleet set one (default: $CONCORD_ROOT, else rpc)',
    );
}
