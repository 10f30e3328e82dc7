// The explorer without any package: examples, an account or a token, a query, an answer. Subscriptions come as an event
// stream.
const TEXTS = {
  en: {
    title: 'Verbund API explorer',
    plain: 'This is the plain explorer. The full one was not built; build again where npm can install packages. The reason:',
    language: 'Language', links: 'Documents and open data', schema: 'Schema', catalogue: 'Open data catalogue', places: 'Public places',
    example: 'Example', account: 'Signed in as', nobody: 'nobody (public data only)', token: 'Access token', query: 'Query',
    variables: 'Variables', run: 'Run', answer: 'Answer', clear: 'Clear',
    noVariables: 'The variables are not JSON:',
    events: (count) => `Events (${count}), the newest first`,
    cost: (points) => `Cost: ${points} points`,
    left: (points, limit) => `${points} of ${limit} points left this minute`,
  },
  de: {
    title: 'Verbund: API ausprobieren',
    plain: 'Dies ist die einfache Seite. Die vollständige wurde nicht gebaut; dazu muss npm beim Bauen Pakete laden können. Der Grund:',
    language: 'Sprache', links: 'Dokumente und offene Daten', schema: 'Schema', catalogue: 'Katalog offener Daten', places: 'Öffentliche Lernorte',
    example: 'Beispiel', account: 'Angemeldet als', nobody: 'niemand (nur öffentliche Daten)', token: 'Zugriffstoken', query: 'Abfrage',
    variables: 'Variablen', run: 'Ausführen', answer: 'Antwort', clear: 'Leeren',
    noVariables: 'Die Variablen sind kein JSON:',
    events: (count) => `Ereignisse (${count}), das neueste zuerst`,
    cost: (points) => `Kosten: ${points} Punkte`,
    left: (points, limit) => `in dieser Minute noch ${points} von ${limit} Punkten`,
  },
};
/** How many events are kept. */
const MOST_EVENTS = 100;
const ACCOUNT = 'verbund:account';
const LANGUAGE = 'verbund:language';

const part = (id) => document.getElementById(id);
const wanted = [localStorage.getItem(LANGUAGE), ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase());
let language = wanted.find((it) => it in TEXTS) ?? 'en';
const asked = await fetch('/explorer/settings.json', { headers: { 'accept-language': language } });
const settings = await asked.json();
if (!asked.ok) {
  // A refusal says in its words what to do.
  part('answer').textContent = settings.detail;
  throw new Error(settings.detail);
}
const chosen = () => settings.accounts.find((it) => it.subject === part('account').value);

settings.examples.forEach((it, index) => part('example').add(new Option(it.name, String(index))));
settings.accounts.forEach((it) => part('account').add(new Option('', it.subject)));
if (settings.accounts.length === 0) document.querySelectorAll('#account, [for="account"]').forEach((it) => { it.hidden = true; });
part('account').value = settings.accounts.find((it) => it.subject === sessionStorage.getItem(ACCOUNT))?.subject ?? '';

function speak() {
  const texts = TEXTS[language];
  document.documentElement.lang = language;
  document.title = texts.title;
  document.querySelectorAll('[data-text]').forEach((it) => { it.textContent = texts[it.dataset.text]; });
  document.querySelectorAll('[data-label]').forEach((it) => it.setAttribute('aria-label', texts[it.dataset.label]));
  settings.accounts.forEach((it, index) => {
    part('account').options[index + 1].text = `${it.subject}: ${it.says[language]} (${it.authorities.join(', ')})`;
  });
  part('language').value = language;
  signIn();
  count();
}

/** Puts the token of the chosen account into its field and says what the account may do. */
function signIn() {
  const account = chosen();
  part('says').textContent = account ? `${account.says[language]} (${account.authorities.join(', ')})` : '';
  if (settings.accounts.length > 0) part('token').value = account?.token ?? '';
}

function show() {
  const example = settings.examples[Number(part('example').value)];
  part('query').value = example?.query ?? '{ viewer { signedIn } }';
  part('variables').value = example?.variables ?? '{}';
}

function count() {
  const events = part('list').childElementCount;
  part('events').textContent = TEXTS[language].events(events);
  part('live').hidden = events === 0;
}

/** Puts an event on top of the list and into the answer. */
function add(value) {
  const text = JSON.stringify(value, null, 2);
  part('answer').textContent = text;
  const [item, details, summary, time, data] = ['li', 'details', 'summary', 'time', 'pre'].map((it) => document.createElement(it));
  const now = new Date();
  time.dateTime = now.toISOString();
  time.textContent = now.toLocaleTimeString(language);
  data.textContent = text;
  data.tabIndex = 0;
  summary.append(time, ` ${Object.values(value.data ?? {})[0]?.kind ?? ''}`);
  details.append(summary, data);
  item.append(details);
  part('list').prepend(item);
  while (part('list').childElementCount > MOST_EVENTS) part('list').lastChild.remove();
  count();
}

function clear() {
  part('list').replaceChildren();
  count();
}

/** Points of an answer by `extensions.cost`, and what remains of the minute by the header `RateLimit`. */
function tellCost(answer, headers) {
  const texts = TEXTS[language];
  const number = (it) => Number(it).toLocaleString(language);
  const left = /;r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1];
  const limit = /;q=(\d+)/.exec(headers.get('ratelimit-policy') ?? '')?.[1];
  const points = answer.extensions?.cost?.requested;
  part('cost').textContent = [
    points !== undefined && texts.cost(number(points)),
    left !== undefined && limit !== undefined && texts.left(number(left), number(limit)),
  ].filter(Boolean).join(' · ');
}

part('example').addEventListener('change', show);
part('account').addEventListener('change', () => {
  sessionStorage.setItem(ACCOUNT, part('account').value);
  signIn();
});
part('language').addEventListener('change', () => {
  language = part('language').value;
  localStorage.setItem(LANGUAGE, language);
  speak();
});
part('clear').addEventListener('click', clear);
show();
speak();

let running;
part('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  running?.abort();
  running = new AbortController();
  const answer = part('answer');
  answer.textContent = '';
  part('cost').textContent = '';
  clear();
  let variables;
  try {
    variables = JSON.parse(part('variables').value || '{}');
  } catch (error) {
    answer.textContent = `${TEXTS[language].noVariables} ${error.message}`;
    return;
  }
  try {
    const token = part('token').value.trim();
    const response = await fetch(settings.endpoint, {
      method: 'POST',
      signal: running.signal,
      headers: {
        'content-type': 'application/json',
        'accept-language': language,
        accept: /^\s*subscription\b/m.test(part('query').value) ? 'text/event-stream' : 'application/graphql-response+json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query: part('query').value, variables }),
    });
    if (!response.headers.get('content-type').startsWith('text/event-stream')) {
      const body = await response.json();
      answer.textContent = JSON.stringify(body, null, 2);
      tellCost(body, response.headers);
      return;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (let it = await reader.read(); !it.done; it = await reader.read()) {
      const parts = (text + it.value).split(/\r?\n\r?\n/);
      text = parts.pop();
      for (const one of parts) {
        const data = one.split(/\r?\n/).filter((line) => line.startsWith('data:')).map((line) => line.slice(5)).join('\n').trim();
        if (data) add(JSON.parse(data));
      }
    }
  } catch (error) {
    if (error.name !== 'AbortError') answer.textContent = String(error.message ?? error);
  }
});
