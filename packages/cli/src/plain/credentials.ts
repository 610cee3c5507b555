/** Removes credentials from texts that are shown. */

/**
 * Removes the credentials of every URL in a text. They end at the last `@` of the URL, because passwords can have `/` and `@`; but the
 * `@` of an endpoint (`nats://host/L3Plugin@1`) stays.
 */
export function hideCredentials(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)\S*@(?!\d+(?![\w.:-]))/gi, '$1')
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1')
    .replace(/([?&](?:token|user|pass|password|jwt|nkey|seed|creds)=)[^\s&]+/gi, '$1…');
}
