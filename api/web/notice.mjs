// Writes the licences of everything that may be in the bundle beside it: dist/NOTICE.txt.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const parts = ['This program carries the following packages in its API explorer.'];
for (const [path, entry] of Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1))) {
  if (!path || entry.dev || entry.optional) continue;
  const name = path.replace(/^.*node_modules\//, '');
  const file = readdirSync(path).find((it) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(it));
  const text = file ? readFileSync(`${path}/${file}`, 'utf8').trim() : '(no licence file in the package)';
  parts.push(`${name} ${entry.version}, ${entry.license ?? 'licence not named'}\n\n${text}`);
}
writeFileSync('dist/NOTICE.txt', `${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
