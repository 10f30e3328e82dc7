import { useGraphiQL } from '@graphiql/react';
import { useEffect, useRef, useSyncExternalStore } from 'react';

const NARROW = window.matchMedia('(max-width: 799.98px)');

const watchWidth = (listener) => {
  NARROW.addEventListener('change', listener);
  return () => NARROW.removeEventListener('change', listener);
};

const part = (selector) => document.querySelector(`.graphiql-container ${selector}`);

/** What GraphiQL has no settings for: variables that show themselves, lines that wrap, documentation as a drawer. */
export function Panes({ reports, texts }) {
  const { tab, variables, index, editors, plugin, pluginIndex } = usePanes();
  const narrow = useSyncExternalStore(watchWidth, () => NARROW.matches);
  reports.tab = tab;

  // An example with variables cannot be understood without them.
  useEffect(() => {
    if (variables?.trim()) part('.graphiql-editor-tools button[data-name="variables"]')?.click();
  }, [tab]);

  useEffect(() => {
    part(`#graphiql-session-tab-${index}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [index, tab]);

  const labels = [texts.query, texts.variables, texts.answer];
  useEffect(() => {
    editors.forEach((editor, at) => editor?.updateOptions({
      ariaLabel: labels[at],
      wordWrap: 'on',
      wrappingIndent: 'indent',
      // Past its end the page goes on scrolling.
      scrollbar: { verticalScrollbarSize: 10, alwaysConsumeMouseWheel: false },
    }));
  }, [...editors, texts]);

  return narrow && plugin ? <DrawerButton key={pluginIndex} at={pluginIndex} texts={texts} /> : null;
}

function usePanes() {
  const tab = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]);
  const { index, query, variable, response } = useGraphiQL((it) => ({
    index: it.activeTabIndex,
    query: it.queryEditor,
    variable: it.variableEditor,
    response: it.responseEditor,
  }));
  const { plugin, pluginIndex } = useGraphiQL(({ visiblePlugin, plugins }) => ({
    plugin: visiblePlugin,
    pluginIndex: plugins.indexOf(visiblePlugin),
  }));
  return { tab: tab?.id, variables: tab?.variables, index, editors: [query, variable, response], plugin, pluginIndex };
}

/** Closes the drawer, which covers everything else while it is open. */
function DrawerButton({ at, texts }) {
  const button = useRef(null);
  const close = () => part('.graphiql-sidebar > button.active')?.click();
  useEffect(() => {
    const covered = [document.querySelector('.explorer-bar'), part('.graphiql-sidebar'), part('.graphiql-sessions')];
    covered.forEach((it) => it?.toggleAttribute('inert', true));
    button.current.focus();
    const onKey = (event) => event.key === 'Escape' && !event.defaultPrevented && close();
    window.addEventListener('keydown', onKey);
    return () => {
      covered.forEach((it) => it?.toggleAttribute('inert', false));
      window.removeEventListener('keydown', onKey);
      part(`.graphiql-sidebar > button[data-index="${at}"]`)?.focus();
    };
  }, []);
  return (
    <button ref={button} type="button" className="explorer-own explorer-close" onClick={close}>
      <span aria-hidden="true">×</span> {texts.closeDocs}
    </button>
  );
}
