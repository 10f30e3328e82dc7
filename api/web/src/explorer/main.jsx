import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './explorer.css';
import { createRoot } from 'react-dom/client';
import { Explorer } from './Explorer.jsx';
import { firstLanguage, textsOf } from './texts.js';

const root = createRoot(document.getElementById('root'));

/** What the server says of itself: example queries, and in the demo its role accounts. */
async function settings() {
  const response = await fetch('/explorer/settings.json', { headers: { 'accept-language': firstLanguage() } });
  if (response.ok) return response.json();
  // A refusal says in its words what to do.
  const refusal = await response.json().catch(() => undefined);
  throw new Error(refusal?.detail ?? textsOf(firstLanguage()).noSettings(response.status));
}

settings().then(
  (it) => root.render(<Explorer settings={it} />),
  (error) => root.render(<p role="alert">{String(error.message ?? error)}</p>),
);
