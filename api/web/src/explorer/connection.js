import { parse } from 'graphql';
import { createClient } from 'graphql-ws';

/**
 * Requests and subscriptions with the token and language of the moment: `current` is a ref to `{ token, language, texts }`.
 * What answers cost and which events came is told to `reports`.
 */
export function connect(settings, current, reports) {
  const address = new URL(settings.subscriptions, location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  const authorization = () => (current.current.token ? { Authorization: `Bearer ${current.current.token}` } : {});
  const socket = createClient({ url: address.href, lazy: true, retryAttempts: 3, connectionParams: authorization });

  async function ask(asked) {
    const response = await fetch(settings.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json;q=0.9',
        'accept-language': current.current.language,
        ...authorization(),
      },
      body: JSON.stringify(asked),
    });
    const text = await response.text();
    let answer;
    try {
      answer = JSON.parse(text);
    } catch {
      answer = { errors: [{ message: current.current.texts.noJson(response.status) }] };
    }
    if (asked.operationName !== 'IntrospectionQuery') reports.answered(costOf(answer, response.headers));
    return answer;
  }

  function subscribe(asked) {
    const events = socket.iterate(asked);
    reports.subscribed();
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        try {
          const event = await events.next();
          if (!event.done) reports.event(event.value);
          return event;
        } catch (error) {
          const told = error instanceof CloseEvent ? new Error(current.current.texts.closed(error.code, error.reason)) : error;
          reports.event({ errors: Array.isArray(told) ? told : [{ message: String(told?.message ?? told) }] });
          throw told;
        }
      },
      // Not queued behind a `next` that waits for the next event.
      return: () => events.return(),
    };
  }

  const fetcher = (asked) => {
    const { name, kind } = operationOf(asked);
    const request = { ...asked, operationName: name };
    return kind === 'subscription' ? subscribe(request) : ask(request);
  };
  return { fetcher, socket };
}

/** Right after a tab was opened the page still has the name of another operation: the document counts. */
function operationOf(asked) {
  try {
    const operations = parse(asked.query).definitions.filter((it) => it.kind === 'OperationDefinition');
    const only = operations.length === 1 ? operations[0] : operations.find((it) => it.name?.value === asked.operationName);
    return { name: operations.length === 1 ? only.name?.value : asked.operationName, kind: only?.operation };
  } catch {
    // The server says what is wrong with the document.
    return { name: asked.operationName, kind: undefined };
  }
}

/** Points of an answer by `extensions.cost`, and what remains of the minute by `RateLimit`: `"points";r=88;t=8`. */
function costOf(answer, headers) {
  const left = /;r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1];
  const limit = /;q=(\d+)/.exec(headers.get('ratelimit-policy') ?? '')?.[1];
  const points = answer?.extensions?.cost?.requested ?? answer?.errors?.[0]?.extensions?.cost?.requested;
  const number = (it) => (it === undefined ? undefined : Number(it));
  return points === undefined && left === undefined
    ? null
    : { points: number(points), left: number(left), limit: number(limit) };
}
