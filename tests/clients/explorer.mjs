// Uses the explorer as a person would, in headless Chromium: node explorer.mjs BASE [--picture FILE]
// Reads { "planner": "planner@kaufbeuren", "calendar": "cal_…" } from standard input; prints what it saw as JSON.
import { text } from 'node:stream/consumers';
import { put, shown, start } from './browser.mjs';

const [base, flag, picture] = process.argv.slice(2);
const { planner, calendar } = JSON.parse(await text(process.stdin));
const { open, close, asked, wrong } = await start(base);
const page = await open({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
const answer = (wanted) => shown(page, '.result-window', wanted);

/** Runs the query of the open tab; the answer. */
async function run(wanted) {
  await page.getByRole('button', { name: /execute query/i }).click();
  return answer(wanted);
}

/** Opens a tab and waits until its query is there. */
async function tab(name) {
  await page.getByRole('tab', { name: new RegExp(name) }).click();
  await shown(page, '.graphiql-editors', ` ${name}`);
}

await page.goto(base, { waitUntil: 'load' });
await page.getByRole('tab', { name: /WhoAmI/ }).waitFor({ timeout: 30_000 });
const menu = page.getByLabel('Signed in as');
const accounts = await menu.locator('option').count();

// Nobody is signed in: the first example has an answer all the same, and the second says who asks.
await shown(page, '.graphiql-editors', ' PlacesAndHolidays');
const first = await run('"PRIMARY_SCHOOL"');
await tab('WhoAmI');
const nobody = await run('"signedIn": false');
// Somebody is, from the next request on.
await menu.selectOption(planner);
const somebody = await run(planner);

// A live event: the subscription stands, then another client puts an entry into the calendar.
await tab('Live');
await run('READY');
const title = `Live at ${Date.now()}`;
const time = { allDay: { firstDay: '2027-05-03', lastDay: '2027-05-03' } };
const receipt = await put(page, planner, { calendar, title, time });
const live = await answer(title);
if (flag === '--picture') {
  await tab('AMonth');
  await run('totalCount');
  await page.screenshot({ path: picture });
}
await close();
console.log(JSON.stringify({ accounts, first, nobody, somebody, put: receipt, live, asked: [...asked], wrong }));
