// Runs the browser journeys against the hubs of HUB_URL, which the caller has started:
//   hub demo --listen 127.0.0.1:PORT --data DIR
// Several addresses, with commas between, are worked at side by side: each hub takes one file at
// a time, so that no two files meet in one hall. With arguments, only the files whose names
// contain one of them.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

if (!process.env.HUB_URL) {
  console.error('HUB_URL is not set: start `hub demo` and pass its address, as in HUB_URL=http://127.0.0.1:8080');
  process.exit(2);
}
const root = fileURLToPath(new URL('..', import.meta.url));
const hubs = process.env.HUB_URL.split(',');
const wanted = process.argv.slice(2);
// The longest first: none is left to run alone at the end.
const files = readdirSync(`${root}/e2e`)
  .filter((file) => file.endsWith('.test.mjs'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .map((file) => ({ path: `e2e/${file}`, size: readFileSync(`${root}/e2e/${file}`).length }))
  .sort((a, b) => b.size - a.size)
  .map((file) => file.path);
mkdirSync(`${root}/test-results`, { recursive: true });

/** The longest file takes two on two cores. */
const FILE_MINUTES_MAX = 8;

const began = Date.now();
/** Files that failed at both attempts, with what they said. */
const failed = new Map();
/** Files that passed at the second attempt only: each is a race to be found, in a page or its journey. */
const unsteady = new Map();

/** In the halls' own time zone, browser and all: near midnight two zones make two days. */
function attempt(file, hub) {
  return new Promise((done) => {
    const test = spawn(process.execPath, ['--test', '--test-reporter=spec', file], {
      cwd: root, env: { ...process.env, HUB_URL: hub, TZ: 'Asia/Shanghai' }, detached: true,
    });
    let said = '';
    const hear = (piece) => { said += piece; };
    // A journey that waits for ever must not hold the others, nor whoever waits for all.
    const enough = setTimeout(() => {
      hear(`\nended after ${FILE_MINUTES_MAX} minutes: something was waited for that never came\n`);
      // The whole group: the browser and the file's own process are below it.
      process.kill(-test.pid, 'SIGKILL');
    }, FILE_MINUTES_MAX * 60_000);
    test.stdout.on('data', hear);
    test.stderr.on('data', hear);
    test.on('close', (code) => {
      clearTimeout(enough);
      // Whole, so that files that run side by side do not mix their words.
      process.stdout.write(`\n${file}\n${said}`);
      done({ passed: code === 0, said });
    });
  });
}

/** A second attempt, so that one race does not hide what the other files have to say. */
async function run(file, hub) {
  const first = await attempt(file, hub);
  if (first.passed) return;
  const second = await attempt(file, hub);
  if (second.passed) unsteady.set(file, first.said);
  else failed.set(file, second.said);
}

/** What the reporter sums up at its end: only the failures. */
function failures(said) {
  const at = said.lastIndexOf('failing tests:');
  return (at < 0 ? said : said.slice(at)).split('\n').slice(0, 40).join('\n');
}

async function work(hub) {
  for (let file = files.shift(); file !== undefined; file = files.shift()) await run(file, hub);
}

await Promise.all(hubs.map(work));
console.log(`\nbrowser journeys took ${Math.round((Date.now() - began) / 1000)} s beside ${hubs.length} hub(s)`);
for (const [file, said] of unsteady) console.error(`passed at the second attempt only: ${file}\n${failures(said)}`);
for (const [file, said] of failed) console.error(`failed: ${file}\n${failures(said)}`);
if (failed.size > 0) process.exit(1);
