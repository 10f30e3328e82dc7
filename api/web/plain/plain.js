// The explorer without any package: examples, a token, a query, an answer. Subscriptions come as an event stream.
const part = (id) => document.getElementById(id);
const settings = await (await fetch('/explorer/settings.json')).json();

settings.examples.forEach((it, index) => part('example').add(new Option(it.name, String(index))));
settings.accounts.forEach((it) => part('account').add(new Option(it.subject, it.token)));

function choose() {
  const example = settings.examples[Number(part('example').value)];
  part('query').value = example?.query ?? '{ viewer { signedIn } }';
  part('variables').value = example?.variables ?? '{}';
}

part('example').addEventListener('change', choose);
part('account').addEventListener('change', () => { part('token').value = part('account').value; });
choose();

let running;
part('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  running?.abort();
  running = new AbortController();
  const answer = part('answer');
  try {
    const token = part('token').value.trim();
    const response = await fetch(settings.endpoint, {
      method: 'POST',
      signal: running.signal,
      headers: {
        'content-type': 'application/json',
        accept: /^\s*subscription\b/m.test(part('query').value) ? 'text/event-stream' : 'application/graphql-response+json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query: part('query').value, variables: JSON.parse(part('variables').value || '{}') }),
    });
    answer.textContent = '';
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let it = await reader.read(); !it.done; it = await reader.read()) answer.textContent += it.value;
    if (!response.headers.get('content-type').startsWith('text/event-stream')) {
      answer.textContent = JSON.stringify(JSON.parse(answer.textContent), null, 2);
    }
  } catch (error) {
    if (error.name !== 'AbortError') answer.textContent = String(error.message ?? error);
  }
});
