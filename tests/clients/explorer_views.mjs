// Looks at the explorer on a phone, on a desktop and without its packages, in headless Chromium: node explorer_views.mjs BASE
// Reads { "planner": "planner@kaufbeuren", "calendar": "cal_…" } from standard input; prints what it saw as JSON.
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { createReports } from '../../api/web/src/explorer/reports.js';
import { put, shown, start } from './browser.mjs';

const [base] = process.argv.slice(2);
const { planner, calendar } = JSON.parse(await text(process.stdin));
const { open, close, wrong } = await start(base);
const time = { allDay: { firstDay: '2027-05-03', lastDay: '2027-05-03' } };
const tab = (page, name) => page.getByRole('tab', { name: new RegExp(name) });

async function load(page) {
  await page.goto(base, { waitUntil: 'load' });
  await tab(page, 'WhoAmI').waitFor({ timeout: 30_000 });
  await page.locator('.graphiql-editors .view-line').first().waitFor();
}

/** How far the page is wider than its window. */
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

const box = (page, selector) => page.locator(selector).first().boundingBox();

/** Whatever can be pressed and is smaller than 44 pixels in one direction, or has no name. */
const controls = (page) => page.evaluate(() => {
  const found = { small: [], nameless: [], labels: [] };
  for (const it of document.querySelectorAll('button, select, input, nav a, summary')) {
    const { width, height } = it.getBoundingClientRect();
    if (width === 0 || it.closest('.monaco-editor') || getComputedStyle(it).visibility === 'hidden') continue;
    const name = it.ariaLabel ?? it.labels?.[0]?.innerText ?? it.innerText;
    const told = `${it.tagName} ${name} ${Math.round(width)}x${Math.round(height)}`;
    // Half a pixel is rounding.
    if (height < 43.5 || (width < 43.5 && it.tagName !== 'A')) found.small.push(told);
    if (!name?.trim()) found.nameless.push(`${told} ${it.className}`);
    found.labels.push(name, it.title);
  }
  return found;
});

/** Texts whose contrast to what is behind them is below 4.5 (WCAG 2.2, 1.4.3). */
const faint = (page) => page.evaluate(() => {
  const channels = (color) => {
    const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((it, at) => it * a + below[at] * (1 - a));
  const light = (color) => {
    const [r, g, b] = color.map((it) => (it / 255 <= 0.04045 ? it / 255 / 12.92 : ((it / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (it) => (it ? over(channels(getComputedStyle(it).backgroundColor), ground(it.parentElement)) : [255, 255, 255]);
  const texts = '.explorer-bar :is(h1, label, select, a, span), .explorer-cost, .graphiql-tab-button, .graphiql-editor-tools > button, '
    + '.graphiql-doc-explorer-section-title, .graphiql-doc-explorer-type-name, .graphiql-doc-explorer-root-type';
  const found = [];
  for (const it of document.querySelectorAll(texts)) {
    const below = ground(it);
    const [one, two] = [light(over(channels(getComputedStyle(it).color), below)), light(below)].sort((a, b) => b - a);
    const contrast = (one + 0.05) / (two + 0.05);
    if (contrast < 4.5) found.push(`${it.className || it.tagName} ${it.innerText} ${contrast.toFixed(2)}`);
  }
  return [...new Set(found)];
});

/** Documentation covers the page, takes the focus, and goes again. */
async function drawer(page) {
  const opener = page.getByRole('button', { name: 'Dokumentation anzeigen' });
  await opener.click();
  const button = page.getByRole('button', { name: /Schließen$/ });
  await button.waitFor();
  await page.locator('.graphiql-doc-explorer-type-name').first().waitFor();
  const open = {
    covers: await box(page, '.graphiql-plugin'),
    overflow: await overflow(page),
    faint: await faint(page),
    focus: await page.evaluate(() => document.activeElement.className),
    behind: await page.evaluate(() => document.querySelector('.graphiql-sessions').inert),
  };
  await page.keyboard.press('Escape');
  await button.waitFor({ state: 'detached' });
  await opener.click();
  await button.click();
  await button.waitFor({ state: 'detached' });
  const focus = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
  return { ...open, after: { focus, plugin: await page.locator('.graphiql-plugin').isVisible(), editor: await box(page, '.graphiql-query-editor') } };
}

/** Events of a subscription: the list after two changes, and after it was cleared. */
async function events(page) {
  await tab(page, 'Live').click();
  await shown(page, '.graphiql-editor-tool', '"calendars"');
  await page.getByRole('button', { name: /Abfrage ausführen/ }).click();
  const item = (at) => page.locator('.explorer-events summary').nth(at);
  await item(0).getByText('READY').waitFor();
  for (const title of ['Erster Termin', 'Zweiter Termin']) {
    await put(page, planner, { calendar, title, time });
    await item(0).getByText(title).waitFor();
  }
  const list = await page.locator('.explorer-events summary').allInnerTexts();
  await item(1).click();
  const earlier = await page.locator('.explorer-events details[open] pre').innerText();
  const sizes = await controls(page);
  const head = await page.locator('.explorer-events h2').innerText();
  const wide = await overflow(page);
  await page.getByRole('button', { name: 'Leeren' }).click();
  await page.locator('.explorer-events').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /Abfrage anhalten/ }).click();
  return { list, earlier, head, small: sizes.small, overflow: wide };
}

async function phone() {
  const page = await open({ viewport: { width: 390, height: 844 }, locale: 'de-DE', hasTouch: true });
  await load(page);
  const seen = { lang: await page.evaluate(() => document.documentElement.lang), overflow: [await overflow(page)] };
  await page.getByRole('button', { name: /Abfrage ausführen/ }).click();
  seen.first = await shown(page, '.result-window', '"PRIMARY_SCHOOL"');
  await page.getByText(/^Kosten/).waitFor();
  seen.cost = await page.locator('.explorer-cost').innerText();
  seen.panes = [];
  for (const it of ['.explorer-bar', '.graphiql-session-header', '.graphiql-query-editor', '.graphiql-editor-tools', '.result-window']) {
    seen.panes.push(await box(page, it));
  }
  seen.controls = await controls(page);
  seen.faint = await faint(page);
  seen.drawer = await drawer(page);

  // The strip of tabs scrolls, and an example shows the variables that it needs.
  seen.strip = await page.locator('.graphiql-tabs').evaluate((it) => [it.scrollWidth, it.clientWidth]);
  await tab(page, 'Projects').click();
  seen.last = await tab(page, 'Projects').boundingBox();
  await tab(page, 'WhoSharesWhat').click();
  seen.variables = await shown(page, '.graphiql-editor-tool', '"kaufbeuren"');
  seen.variablesBox = await box(page, '.graphiql-editor-tool');
  seen.overflow.push(await overflow(page));

  // The account says what it may do, and outlives the page with the tabs.
  const menu = page.getByLabel('Angemeldet als');
  seen.option = await menu.locator(`option[value="${planner}"]`).innerText();
  seen.group = await menu.locator(`optgroup:has(option[value="${planner}"])`).getAttribute('label');
  await menu.selectOption(planner);
  await tab(page, 'WhoAmI').click();
  await shown(page, '.graphiql-query-editor', ' WhoAmI');
  await page.waitForTimeout(1_000);
  await page.reload({ waitUntil: 'load' });
  await shown(page, '.graphiql-query-editor', ' WhoAmI');
  seen.kept = await menu.inputValue();
  seen.says = await page.locator('#account-says').innerText();
  await page.getByRole('button', { name: /Abfrage ausführen/ }).click();
  seen.somebody = await shown(page, '.result-window', planner);
  seen.events = await events(page);

  // The other language, and back.
  const language = page.locator('#language');
  await language.selectOption('en');
  await page.getByRole('button', { name: /Execute query/ }).waitFor();
  seen.english = { lang: await page.evaluate(() => document.documentElement.lang), labels: (await controls(page)).labels };
  await language.selectOption('de');
  await page.getByRole('button', { name: /Abfrage ausführen/ }).waitFor();
  return seen;
}

async function desktop() {
  const page = await open({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', colorScheme: 'dark' });
  await load(page);
  const seen = { lang: await page.evaluate(() => document.documentElement.lang), overflow: await overflow(page), faint: await faint(page) };
  seen.tabs = await page.locator('.graphiql-tab').evaluateAll((all) => all.map((it) => {
    const { left, right, top } = it.getBoundingClientRect();
    const strip = it.parentElement.getBoundingClientRect();
    // What is drawn in its middle is the tab itself.
    const drawn = document.elementFromPoint((left + right) / 2, top + 10);
    return { name: it.innerText.trim(), whole: left >= strip.left - 1 && right <= strip.right + 1 && it.contains(drawn) };
  }));
  // No line of a query is drawn beneath the buttons beside it.
  seen.covered = [];
  for (const name of ['WhoSharesWhat', 'Compare', 'AMonth']) {
    await tab(page, name).click();
    await shown(page, '.graphiql-query-editor', ` ${name}`);
    const edge = (await box(page, '.graphiql-toolbar')).x;
    const ends = await page.locator('.graphiql-query-editor .view-line > span').evaluateAll((all) => all.map((it) => it.getBoundingClientRect().right));
    seen.covered.push(...ends.filter((it) => it > edge).map((it) => `${name}: ${it} > ${edge}`));
  }
  seen.nameless = (await controls(page)).nameless;
  seen.links = await page.locator('.explorer-bar nav a').evaluateAll((all) => all.map((it) => it.getAttribute('href')));
  return seen;
}

/** The page that takes the place of the explorer where npm is missing, from its sources. */
async function plain() {
  const page = await open({ viewport: { width: 390, height: 844 }, locale: 'de-DE', hasTouch: true });
  const types = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css' };
  for (const file of ['index.html', 'plain.js', 'plain.css']) {
    const address = file === 'index.html' ? new URL('/', base) : new URL(`/explorer/${file}`, base);
    const body = readFileSync(new URL(`../../api/web/plain/${file}`, import.meta.url), 'utf8');
    await page.route(address.href, (route) => route.fulfill({ body, contentType: types[file.split('.').pop()] }));
  }
  await page.goto(base, { waitUntil: 'load' });
  const menu = page.getByLabel('Angemeldet als');
  await menu.waitFor();
  const answer = page.locator('#answer');
  const run = async (wanted) => {
    await page.getByRole('button', { name: 'Ausführen' }).click();
    await answer.getByText(wanted).waitFor();
  };
  await run('PRIMARY_SCHOOL');
  const seen = { lang: await page.evaluate(() => document.documentElement.lang), cost: await page.locator('#cost').innerText() };
  await menu.selectOption(planner);
  await page.reload({ waitUntil: 'load' });
  await page.locator('#says').getByText(/./).waitFor();
  seen.kept = await menu.inputValue();
  seen.says = await page.locator('#says').innerText();
  await page.getByLabel('Beispiel').selectOption({ label: 'live' });
  await run('READY');
  await put(page, planner, { calendar, title: 'Dritter Termin', time });
  await answer.getByText('Dritter Termin').waitFor();
  seen.events = await page.locator('#list summary').allInnerTexts();
  seen.overflow = await overflow(page);
  seen.controls = await controls(page);
  await page.getByRole('button', { name: 'Leeren' }).click();
  seen.cleared = await page.locator('#live').isHidden();
  await page.getByLabel('Sprache').selectOption('en');
  seen.english = await page.getByRole('button', { name: 'Run' }).isVisible();
  return seen;
}

/** How many of 250 events are kept, and which are the newest and the oldest of them. */
function bounded() {
  const reports = createReports();
  reports.subscribed();
  for (let at = 0; at < 250; at += 1) reports.event(at);
  const { events } = reports.current();
  return [events.length, events[0].value, events.at(-1).value];
}

const seen = { bounded: bounded(), phone: await phone(), desktop: await desktop(), plain: await plain() };
await close();
console.log(JSON.stringify({ ...seen, wrong }));
