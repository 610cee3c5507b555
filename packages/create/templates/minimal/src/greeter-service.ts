/** The implementation of the contract, for a server. */
import type { Greeter, Greeting } from './contract.js';

const WORDS: Readonly<Record<string, string>> = { en: 'Hello', fr: 'Bonjour' };

/** Knows a word for each language. */
export class GreeterService implements Greeter {
  async greet(name: string, language = 'en'): Promise<Greeting> {
    return { text: `${WORDS[language] ?? WORDS.en}, ${name}!` };
  }
}
