// Uses the explorer as a person would, in headless Chromium: node explorer.mjs BASE [--picture FILE]
// Reads { "planner": "planner@kaufbeuren", "calendar": "cal_…" } from standard input; prints what it saw as JSON.
// Fails when the page asks another host for anything, breaks its Content-Security-Policy, or throws.
import { text } from 'node:stream/consumers';
import { chromium } from 'playwright-core';

const [base, flag, picture] = process.argv.slice(2);
const { planner, calendar } = JSON.parse(await text(process.stdin));
const origin = new URL(base).origin;
const wrong = [];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
    '--disable-background-networking', '--disable-component-update',
  ],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
const asked = new Set();
page.on('request', (request) => {
  const url = new URL(request.url());
  if (!['data:', 'blob:'].includes(url.protocol)) asked.add(url.host);
  if (url.origin !== origin && !['data:', 'blob:'].includes(url.protocol)) wrong.push(`asked ${request.url()}`);
});
page.on('websocket', (socket) => {
  asked.add(new URL(socket.url()).host);
  if (new URL(socket.url()).host !== new URL(base).host) wrong.push(`socket to ${socket.url()}`);
});
page.on('pageerror', (error) => wrong.push(`page error: ${error.message}`));
page.on('console', (message) => {
  if (message.type() === 'error' || /Content.Security.Policy/i.test(message.text())) wrong.push(`console: ${message.text()}`);
});

/** What a pane shows, once it holds `wanted`; the editor draws only what is in sight, line by line. */
async function shown(pane, wanted) {
  const seen = async () => {
    const lines = await page.locator(`${pane} .view-line`).allInnerTexts();
    return lines.join('\n').replaceAll('\u00a0', ' ');
  };
  for (const until = Date.now() + 20_000; Date.now() < until; ) {
    const found = await seen();
    if (found.includes(wanted)) return found;
    await page.waitForTimeout(50);
  }
  throw new Error(`${pane} never shows ${wanted}: ${await seen()} ${wrong.join(' ')}`);
}

const answer = (wanted) => shown('.result-window', wanted);

/** Runs the query of the open tab; the answer. */
async function run(wanted) {
  await page.getByRole('button', { name: /execute query/i }).click();
  return answer(wanted);
}

/** Opens a tab and waits until its query is there. */
async function tab(name) {
  await page.getByRole('tab', { name: new RegExp(name) }).click();
  await shown('.graphiql-editors', ` ${name}`);
}

await page.goto(base, { waitUntil: 'load' });
await page.getByRole('tab', { name: /WhoAmI/ }).waitFor({ timeout: 30_000 });
const menu = page.getByLabel('Signed in as');
const accounts = await menu.locator('option').count();

// Nobody is signed in, and the first example says so.
await tab('WhoAmI');
const nobody = await run('"signedIn": false');
// Somebody is, from the next request on.
await menu.selectOption(planner);
const somebody = await run(planner);

// A live event: the subscription stands, then another client puts an entry into the calendar.
await tab('Live');
await run('READY');
const query = 'mutation($input: CalendarEntryCreateInput!) { calendarEntryCreate(input: $input) { userErrors { message } } }';
const title = `Live at ${Date.now()}`;
const input = { calendar, title, time: { allDay: { firstDay: '2027-05-03', lastDay: '2027-05-03' } } };
const put = await page.evaluate(async ({ query, input, planner }) => {
  const { accounts } = await (await fetch('/explorer/settings.json')).json();
  const { token } = accounts.find((it) => it.subject === planner);
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: { input } }),
  });
  return response.json();
}, { query, input, planner });
const live = await answer(title);
if (flag === '--picture') {
  await tab('AMonth');
  await run('totalCount');
  await page.screenshot({ path: picture });
}
await browser.close();
console.log(JSON.stringify({ accounts, nobody, somebody, put, live, asked: [...asked], wrong }));
