// Follows a calendar with the npm clients graphql-ws and graphql-sse: latency, resumption after a cut, silence after a
// role is revoked. Reads one JSON object from standard input:
// { base, partner, planner, admin, calendar, role } (tokens, and global ids), and prints one with what was seen.
import { createClient as overSocket } from 'graphql-ws';
import { createClient as overStream } from 'graphql-sse';
import { text } from 'node:stream/consumers';
import WebSocket from 'ws';

const { base, partner, planner, admin, calendar, role } = JSON.parse(await text(process.stdin));

async function ask(token, query, variables) {
  const response = await fetch(`${base}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

let titles = 0;
async function put() {
  titles += 1;
  const input = { calendar, title: `Entry ${titles}`, time: { allDay: { firstDay: '2027-04-01', lastDay: '2027-04-01' } } };
  const data = await ask(
    planner,
    'mutation($input: CalendarEntryCreateInput!) { calendarEntryCreate(input: $input) { calendarEntry { id } userErrors { message } } }',
    { input },
  );
  return data.calendarEntryCreate.calendarEntry.id;
}

const QUERY = `subscription($calendars: [ID!]!, $after: String) {
  calendarEntryChanged(calendars: $calendars, after: $after) { cursor kind entryId } }`;

async function follow(open) {
  const seen = { latencies: [], expected: [], heard: [] };
  let client = open();
  let events = client.iterate({ query: QUERY, variables: { calendars: [calendar] } });
  const change = async () => {
    const { value, done } = await events.next();
    if (done) throw new Error('the stream ended');
    if (value.errors) throw new Error(JSON.stringify(value.errors));
    return value.data.calendarEntryChanged;
  };
  let last = await change();
  if (last.kind !== 'READY') throw new Error(`not ready: ${JSON.stringify(last)}`);
  for (let index = 0; index < 5; index += 1) {
    const next = change();
    const asked = performance.now();
    seen.expected.push(await put());
    last = await next;
    seen.latencies.push(performance.now() - asked);
    seen.heard.push(last.entryId);
  }
  // The connection goes; what happens then is made up for.
  (client.terminate ?? client.dispose).call(client);
  for (let index = 0; index < 5; index += 1) seen.expected.push(await put());
  client = open();
  events = client.iterate({ query: QUERY, variables: { calendars: [calendar], after: last.cursor } });
  while (seen.heard.length < seen.expected.length) seen.heard.push((await change()).entryId);
  return { seen, change, client };
}

const socket = () => overSocket({
  url: `${base.replace('http', 'ws')}/graphql/ws`,
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: `Bearer ${partner}` },
  retryAttempts: 0,
});
const stream = () => overStream({
  url: `${base}/graphql/stream`,
  headers: { authorization: `Bearer ${partner}` },
  retryAttempts: 0,
});
const ws = await follow(socket);
const sse = await follow(stream);
// What the second one caused, the first one hears as well.
while (ws.seen.heard.length < ws.seen.expected.length + sse.seen.expected.length) {
  ws.seen.heard.push((await ws.change()).entryId);
}
ws.seen.expected.push(...sse.seen.expected);

const ends = [ws.change(), sse.change()].map((it) => it.then((event) => ({ event }), (error) => ({ error: String(error.message ?? error) })));
await ask(
  admin,
  'mutation($input: RoleGrantRevokeInput!) { roleGrantRevoke(input: $input) { roleGrant { id } userErrors { message } } }',
  { input: { id: role, version: 1, reason: 'over' } },
);
await put();
const after = await Promise.all(ends);
ws.client.dispose();
sse.client.dispose();
console.log(JSON.stringify({ ws: ws.seen, sse: sse.seen, after }));
