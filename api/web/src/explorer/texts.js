// Words of the page in German and English, and which of the two a reader gets.

const KEPT = 'verbund:language';

const TEXTS = {
  en: {
    title: 'Verbund API explorer',
    noSettings: (status) => `The server does not send its settings: status ${status}.`,
    language: 'Language',
    account: 'Signed in as',
    nobody: 'nobody (public data only)',
    token: 'Access token',
    tokenIsNotKept: 'Not stored: gone when this page is reloaded.',
    links: 'Documents and open data',
    readme: 'README',
    schema: 'Schema',
    catalogue: 'Open data catalogue',
    places: 'Public places',
    licences: 'Licences',
    closeDocs: 'Close',
    query: 'Query',
    variables: 'Variables',
    answer: 'Answer',
    events: (count) => `Events (${count})`,
    eventsAreBounded: (most) => `The latest ${most}, the newest first`,
    clear: 'Clear',
    end: 'ended with an error',
    cost: (points) => `Cost: ${points} points`,
    left: (points, limit) => `${points} of ${limit} points left this minute`,
    closed: (code, reason) => `The connection was closed: ${code} ${reason}`.trim(),
    noJson: (status) => `The answer with status ${status} is not JSON.`,
  },
  de: {
    title: 'Verbund: API ausprobieren',
    noSettings: (status) => `Der Server nennt seine Einstellungen nicht: Status ${status}.`,
    language: 'Sprache',
    account: 'Angemeldet als',
    nobody: 'niemand (nur öffentliche Daten)',
    token: 'Zugriffstoken',
    tokenIsNotKept: 'Wird nicht gespeichert: nach dem Neuladen der Seite ist es weg.',
    links: 'Dokumente und offene Daten',
    readme: 'README',
    schema: 'Schema',
    catalogue: 'Katalog offener Daten',
    places: 'Öffentliche Lernorte',
    licences: 'Lizenzen',
    closeDocs: 'Schließen',
    query: 'Abfrage',
    variables: 'Variablen',
    answer: 'Antwort',
    events: (count) => `Ereignisse (${count})`,
    eventsAreBounded: (most) => `Die letzten ${most}, das neueste zuerst`,
    clear: 'Leeren',
    end: 'endete mit einem Fehler',
    cost: (points) => `Kosten: ${points} Punkte`,
    left: (points, limit) => `in dieser Minute noch ${points} von ${limit} Punkten`,
    closed: (code, reason) => `Die Verbindung wurde geschlossen: ${code} ${reason}`.trim(),
    noJson: (status) => `Die Antwort mit Status ${status} ist kein JSON.`,
  },
};

/** The languages of the page, by their own names. */
export const LANGUAGES = [['de', 'Deutsch'], ['en', 'English']];

/** The language that was chosen here before, else the first of the browser's that the page has, else English. */
export function firstLanguage() {
  const wanted = [localStorage.getItem(KEPT), ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase());
  return wanted.find((it) => it in TEXTS) ?? 'en';
}

/** Keeps a choice for the next visit. */
export function keepLanguage(language) {
  localStorage.setItem(KEPT, language);
}

export function textsOf(language) {
  return TEXTS[language];
}
