/** Debian's Chromium with the page of an inspector: opened, measured, and checked for what every view must have. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from '../run-command.mjs';

const { chromium } = createRequire(join(ROOT, 'package.json'))('playwright-core');
/** The program. */
const CHROMIUM = process.env.CONCORD_CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--js-flags=--expose-gc'],
];
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 900 };
/** The size of pictures, so that a page of the guide loads quickly. */
const PICTURE = { width: 1000, height: 700 };

/** A browser with one page. Errors of the page are collected. */
export class PageUnderTest {
  errors = [];

  /** Starts the browser with an empty profile, which is removed at the end. */
  static async start() {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    const page = await browser.newPage({ viewport: DESKTOP });
    return new PageUnderTest(browser, page);
  }

  constructor(browser, page) {
    this.browser = browser;
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(`page: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(`console: ${message.text()}`);
    });
  }

  version() {
    return this.browser.version();
  }

  /** Opens the address with the token. Resolves to the milliseconds until so many servers are drawn. */
  async open(url, servers) {
    const started = performance.now();
    await this.page.goto(url);
    await this.page.waitForFunction(
      (count) => document.querySelectorAll('table[aria-label=Servers] tbody tr').length >= count,
      servers,
      { polling: 'raf' },
    );
    return performance.now() - started;
  }

  /** Goes to a view of the page, and waits for a text in it. */
  async view(hash, text) {
    await this.page.evaluate((next) => {
      location.hash = next;
    }, hash);
    await this.page.getByText(text).first().waitFor();
  }

  /** The bytes of the page's heap after garbage collection. */
  async heap() {
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    await session.detach();
    return usedSize;
  }

  /** Takes a picture in one of the looks. */
  async picture(path, look) {
    await this.look(look);
    if (look.isPhone !== true) await this.page.setViewportSize(PICTURE);
    await this.page.waitForTimeout(500);
    await this.page.screenshot({ path });
    await this.look({});
  }

  async look({ isDark = false, isPhone = false }) {
    await this.page.emulateMedia({ colorScheme: isDark ? 'dark' : 'light' });
    await this.page.setViewportSize(isPhone ? PHONE : DESKTOP);
  }

  /** Sentences about controls without a name, and about a page wider than a phone. */
  async faults(view) {
    await this.look({ isPhone: true });
    const faults = await this.page.evaluate(() => {
      const nameOf = (element) =>
        [
          element.getAttribute('aria-label'),
          ...[...(element.labels ?? [])].map(({ textContent }) => textContent),
          element.textContent,
        ]
          .filter(Boolean)
          .join('')
          .trim();
      const nameless = [...document.querySelectorAll('a, button, input, select, textarea, table, [role=img]')].filter(
        (element) => nameOf(element) === '',
      );
      const { scrollWidth } = document.documentElement;
      return [
        ...nameless.map(({ outerHTML }) => `has no accessible name: ${outerHTML.slice(0, 100)}`),
        ...(scrollWidth > innerWidth ? [`is ${scrollWidth} px wide on a phone of ${innerWidth} px`] : []),
        ...(document.querySelectorAll('h1').length === 1 ? [] : ['has not one heading of the first level']),
      ];
    });
    await this.look({});
    return faults.map((fault) => `${view} ${fault}`);
  }

  /** Presses Tab until the element with this accessible name has the focus. Resolves to false if it does not get it. */
  async tabTo(name) {
    for (let count = 0; count < 400; count++) {
      await this.page.keyboard.press('Tab');
      const focused = await this.page.evaluate(() => {
        const { activeElement: element } = document;
        const label = element?.labels?.[0]?.textContent ?? element?.getAttribute('aria-label') ?? element?.textContent;
        return label?.trim() ?? '';
      });
      if (focused.startsWith(name)) return true;
    }
    return false;
  }

  async close() {
    await this.browser.close();
  }
}
