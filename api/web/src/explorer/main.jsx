import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './explorer.css';
import { createRoot } from 'react-dom/client';
import { Explorer } from './Explorer.jsx';

const root = createRoot(document.getElementById('root'));

/** What the server says of itself: example queries, and in the demo its role accounts. */
async function settings() {
  const response = await fetch('/explorer/settings.json');
  if (!response.ok) throw new Error(`The server does not tell its settings: ${response.status}`);
  return response.json();
}

settings().then(
  (it) => root.render(<Explorer settings={it} />),
  (error) => root.render(<p role="alert">{String(error.message ?? error)}</p>),
);
