// Runs the browser journeys against the hub at HUB_URL, which the caller has started:
//   hub demo --listen 127.0.0.1:PORT --data DIR
// With arguments, only the files whose names contain one of them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

if (!process.env.HUB_URL) {
  console.error('HUB_URL is not set: start `hub demo` and pass its address, as in HUB_URL=http://127.0.0.1:8080');
  process.exit(2);
}
const root = fileURLToPath(new URL('..', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(`${root}/e2e`)
  .filter((file) => file.endsWith('.test.mjs'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .map((file) => `e2e/${file}`);
mkdirSync(`${root}/test-results`, { recursive: true });
const run = spawnSync(process.execPath, ['--test', '--test-concurrency=1', ...files], {
  cwd: root, stdio: 'inherit',
});
process.exit(run.status ?? 1);
