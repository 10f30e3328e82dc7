// What the page keeps. Account and tabs belong together and last as long as the browser's tab; theme, history and sizes of
// panes stay for the next visit. Tokens are not kept.

const ACCOUNT = 'verbund:account';
const LASTING = /^graphiql:(theme|queries|favorites|.*Flex)$/;

const of = (key) => (LASTING.test(key) ? localStorage : sessionStorage);
const ours = (storage) => Object.keys(storage).filter((key) => key.startsWith('graphiql:'));

/** Storage for GraphiQL. */
export const storage = {
  getItem: (key) => of(key).getItem(key),
  setItem: (key, value) => of(key).setItem(key, value),
  removeItem: (key) => of(key).removeItem(key),
  clear() {
    for (const part of [localStorage, sessionStorage]) ours(part).forEach((key) => part.removeItem(key));
  },
  get length() {
    return ours(localStorage).length + ours(sessionStorage).length;
  },
};

/** The subject of the account that was chosen last, if it is still offered. */
export function keptAccount(accounts) {
  const subject = sessionStorage.getItem(ACCOUNT);
  return accounts.find((it) => it.subject === subject);
}

export function keepAccount(subject) {
  sessionStorage.setItem(ACCOUNT, subject);
}
