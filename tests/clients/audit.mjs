// Runs graphql-http's audit suite against a server: node audit.mjs http://127.0.0.1:8080/graphql
// Prints one JSON array of { id, name, status, reason }.
import { serverAudits } from 'graphql-http';

const [url] = process.argv.slice(2);
const results = [];
for (const audit of serverAudits({ url })) {
  const result = await audit.fn();
  results.push({ id: audit.id, name: audit.name, status: result.status, reason: result.reason ?? null });
}
console.log(JSON.stringify(results));
