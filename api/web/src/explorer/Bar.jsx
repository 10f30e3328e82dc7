import { LANGUAGES } from './texts.js';

/** The accounts of each authority, in their order; those of several authorities stand in a group of their own. */
function grouped(accounts) {
  const groups = new Map();
  for (const account of accounts) {
    const name = account.authorities.join(', ');
    groups.set(name, [...(groups.get(name) ?? []), account]);
  }
  return [...groups];
}

/** The head of the page: who asks, in which language, and where else to look. */
export function Bar({ settings, account, onAccount, onToken, language, onLanguage, texts }) {
  return (
    <header className="explorer-bar explorer-own">
      <h1>Verbund</h1>
      {settings.accounts.length > 0 ? (
        <div className="explorer-field explorer-who">
          <label htmlFor="account">{texts.account}</label>
          <select
            id="account"
            value={account?.subject ?? ''}
            aria-describedby="account-says"
            onChange={({ target }) => onAccount(settings.accounts.find((it) => it.subject === target.value))}
          >
            <option value="">{texts.nobody}</option>
            {grouped(settings.accounts).map(([authorities, accounts]) => (
              <optgroup key={authorities} label={authorities}>
                {accounts.map((it) => (
                  <option key={it.subject} value={it.subject}>{`${it.subject}: ${it.says[language]}`}</option>
                ))}
              </optgroup>
            ))}
          </select>
          <span id="account-says" className="explorer-says">
            {account && `${account.says[language]} (${account.authorities.join(', ')})`}
          </span>
        </div>
      ) : (
        <div className="explorer-field explorer-who">
          <label htmlFor="token">{texts.token}</label>
          <input
            id="token"
            type="password"
            autoComplete="off"
            spellCheck="false"
            aria-describedby="token-says"
            onChange={({ target }) => onToken(target.value.trim())}
          />
          <span id="token-says" className="explorer-says">{texts.tokenIsNotKept}</span>
        </div>
      )}
      <div className="explorer-field explorer-language">
        <label htmlFor="language">{texts.language}</label>
        <select id="language" value={language} onChange={({ target }) => onLanguage(target.value)}>
          {LANGUAGES.map(([code, name]) => (
            <option key={code} value={code} lang={code}>{name}</option>
          ))}
        </select>
      </div>
      <nav aria-label={texts.links}>
        <a href="/explorer/README.md">{texts.readme}</a>
        <a href="/schema.graphql">{texts.schema}</a>
        <a href="/catalog">{texts.catalogue}</a>
        <a href="/public/places.geojson">{texts.places}</a>
        <a href="/explorer/NOTICE.txt">{texts.licences}</a>
      </nav>
    </header>
  );
}
