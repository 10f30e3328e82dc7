import { GraphiQL } from 'graphiql';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Bar } from './Bar.jsx';
import { connect } from './connection.js';
import { Footer } from './Footer.jsx';
import { speakGerman } from './german.js';
import { Panes } from './Panes.jsx';
import { createReports } from './reports.js';
import { keepAccount, keptAccount, storage } from './storage.js';
import { firstLanguage, keepLanguage, textsOf } from './texts.js';

export function Explorer({ settings }) {
  const [account, setAccount] = useState(() => keptAccount(settings.accounts));
  const [language, setLanguage] = useState(firstLanguage);
  const texts = textsOf(language);
  const current = useRef({ token: account?.token ?? '' });
  Object.assign(current.current, { language, texts });
  const [reports] = useState(createReports);
  const { fetcher, socket } = useMemo(() => connect(settings, current, reports), [settings, reports]);
  const tabs = useMemo(
    () => settings.examples.map(({ query, variables }) => ({ query, variables: variables ?? undefined })),
    [settings],
  );

  useEffect(() => {
    document.documentElement.lang = language;
    document.title = texts.title;
    return language === 'de' ? speakGerman(document.body) : undefined;
  }, [language]);

  /** From now on somebody else asks: what still runs with the old token ends. */
  function signIn(token) {
    current.current.token = token;
    socket.terminate();
  }

  return (
    <div className="explorer">
      <Bar
        settings={settings}
        account={account}
        onAccount={(chosen) => {
          keepAccount(chosen?.subject ?? '');
          setAccount(chosen);
          signIn(chosen?.token ?? '');
        }}
        onToken={signIn}
        language={language}
        onLanguage={(chosen) => {
          keepLanguage(chosen);
          setLanguage(chosen);
        }}
        texts={texts}
      />
      <main className="explorer-page">
        <GraphiQL
          fetcher={fetcher}
          storage={storage}
          defaultTabs={tabs}
          shouldPersistHeaders={false}
          isHeadersEditorEnabled={false}
        >
          <GraphiQL.Logo>{' '}</GraphiQL.Logo>
          <GraphiQL.Footer>
            <Footer reports={reports} language={language} texts={texts} />
          </GraphiQL.Footer>
          <Panes reports={reports} texts={texts} />
        </GraphiQL>
      </main>
    </div>
  );
}
