import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { useMemo, useRef, useState } from 'react';

/** Requests and subscriptions with whatever token is chosen at the moment. */
function connect(settings, token) {
  const address = new URL(settings.subscriptions, location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  const authorization = () => (token.current ? { Authorization: `Bearer ${token.current}` } : {});
  const socket = createClient({ url: address.href, lazy: true, retryAttempts: 3, connectionParams: authorization });
  const fetcher = createGraphiQLFetcher({
    url: settings.endpoint,
    wsClient: socket,
    fetch: (url, options) => fetch(url, { ...options, headers: { ...options.headers, ...authorization() } }),
  });
  return { fetcher: (asked, options) => fetcher(...current(asked, options)), socket };
}

/** Right after a tab was opened the page still has the name and the document of another: what is asked counts. */
function current(asked, options) {
  try {
    const documentAST = parse(asked.query);
    const operations = documentAST.definitions.filter((it) => it.kind === 'OperationDefinition');
    const operationName = operations.length === 1 ? operations[0].name?.value : asked.operationName;
    return [{ ...asked, operationName }, { ...options, documentAST }];
  } catch {
    // The server says what is wrong with it.
    return [asked, options];
  }
}

export function Explorer({ settings }) {
  const token = useRef('');
  const [subject, setSubject] = useState('');
  const { fetcher, socket } = useMemo(() => connect(settings, token), [settings]);
  const tabs = useMemo(
    () => settings.examples.map(({ query, variables }) => ({ query, variables: variables ?? undefined })),
    [settings],
  );

  /** From now on somebody else asks: what still runs with the old token ends. */
  function signIn(value, name) {
    token.current = value.trim();
    setSubject(name);
    socket.terminate();
  }

  const account = settings.accounts.find((it) => it.subject === subject);
  return (
    <div className="explorer">
      <header className="explorer-bar">
        <h1>Verbund</h1>
        {settings.accounts.length > 0 ? (
          <label>
            <span>Signed in as</span>
            <select
              value={subject}
              onChange={({ target }) => {
                const chosen = settings.accounts.find((it) => it.subject === target.value);
                signIn(chosen?.token ?? '', target.value);
              }}
            >
              <option value="">nobody (public only)</option>
              {settings.accounts.map((it) => (
                <option key={it.subject} value={it.subject}>{it.subject}</option>
              ))}
            </select>
            {account && <span className="explorer-says">{account.says}</span>}
          </label>
        ) : (
          <label>
            <span>Access token</span>
            <input type="password" autoComplete="off" spellCheck="false" onChange={({ target }) => signIn(target.value, '')} />
          </label>
        )}
        <nav aria-label="More">
          <a href="/schema.graphql">Schema</a>
          <a href="/explorer/NOTICE.txt">Licences</a>
        </nav>
      </header>
      <main className="explorer-page">
        <GraphiQL fetcher={fetcher} defaultTabs={tabs} shouldPersistHeaders={false} isHeadersEditorEnabled={false}>
          <GraphiQL.Logo>{' '}</GraphiQL.Logo>
        </GraphiQL>
      </main>
    </div>
  );
}
