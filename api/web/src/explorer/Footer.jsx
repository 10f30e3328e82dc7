import { useGraphiQL } from '@graphiql/react';
import { useSyncExternalStore } from 'react';
import { MOST_EVENTS } from './reports.js';

/** What an event is about, in a few words: the kind of change and the title, where its first field has them. */
function summary(value, texts) {
  if (value.errors && !value.data) return texts.end;
  const field = Object.values(value.data ?? {})[0];
  return [field?.kind, field?.entry?.title].filter((it) => typeof it === 'string').join(' · ');
}

/** Below the answer: what it cost, and the events of the subscription of this tab. */
export function Footer({ reports, language, texts }) {
  const { cost, events, owner } = useSyncExternalStore(reports.listen, reports.current);
  const tab = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.id);
  const number = (it) => it.toLocaleString(language);
  const shown = owner !== null && owner === tab ? events : [];
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
  return (
    <div className="explorer-own explorer-foot">
      <p role="status" className="explorer-cost">
        {cost && [
          cost.points !== undefined && texts.cost(number(cost.points)),
          cost.left !== undefined && cost.limit !== undefined && texts.left(number(cost.left), number(cost.limit)),
        ].filter(Boolean).join(' · ')}
      </p>
      {shown.length > 0 && (
        <section className="explorer-events" aria-labelledby="events-title">
          <div className="explorer-events-head">
            <h2 id="events-title" title={texts.eventsAreBounded(number(MOST_EVENTS))}>{texts.events(number(shown.length))}</h2>
            <button type="button" onClick={reports.clear}>{texts.clear}</button>
          </div>
          <ol reversed>
            {shown.map(({ key, at, value }) => (
              <li key={key}>
                <details>
                  <summary>
                    <time dateTime={at.toISOString()}>{clock.format(at)}</time> {summary(value, texts)}
                  </summary>
                  <pre tabIndex={0}>{JSON.stringify(value, null, 2)}</pre>
                </details>
              </li>
            ))}
          </ol>
        </section>
      )}
    </div>
  );
}
