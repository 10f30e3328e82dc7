// Headless Chromium for the explorer's tests. Whatever a page must not do is noted in `wrong`: ask another host, break its
// Content-Security-Policy, throw.
import { chromium } from 'playwright-core';

export async function start(base) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
      '--disable-background-networking', '--disable-component-update',
    ],
  });
  const origin = new URL(base).origin;
  const asked = new Set();
  const wrong = [];

  /** A page of its own, without storage of others. */
  async function open(options) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (['data:', 'blob:'].includes(url.protocol)) return;
      asked.add(url.host);
      if (url.origin !== origin) wrong.push(`asked ${request.url()}`);
    });
    page.on('websocket', (socket) => {
      asked.add(new URL(socket.url()).host);
      if (new URL(socket.url()).host !== new URL(base).host) wrong.push(`socket to ${socket.url()}`);
    });
    page.on('pageerror', (error) => wrong.push(`page error: ${error.message}`));
    page.on('console', (message) => {
      const bad = message.type() === 'error' || /Content.Security.Policy/i.test(message.text());
      if (bad) wrong.push(`console: ${message.text()}`);
    });
    return page;
  }
  return { open, close: () => browser.close(), asked, wrong };
}

/** What a pane of the explorer shows, once it holds `wanted`; its editors draw only what is in sight, line by line. */
export async function shown(page, pane, wanted) {
  const seen = async () => {
    const lines = await page.locator(`${pane} .view-line`).allInnerTexts();
    return lines.join('\n').replaceAll('\u00a0', ' ');
  };
  for (const until = Date.now() + 20_000; Date.now() < until; ) {
    const found = await seen();
    if (found.includes(wanted)) return found;
    await page.waitForTimeout(50);
  }
  throw new Error(`${pane} never shows ${wanted}: ${await seen()}`);
}

/** Puts an entry into a calendar as another client of a role account of the demo. */
export function put(page, planner, input) {
  return page.evaluate(async ({ input, planner }) => {
    const query = 'mutation($input: CalendarEntryCreateInput!) { calendarEntryCreate(input: $input) { userErrors { message } } }';
    const { accounts } = await (await fetch('/explorer/settings.json')).json();
    const { token } = accounts.find((it) => it.subject === planner);
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables: { input } }),
    });
    return response.json();
  }, { input, planner });
}
