// A client of the official TypeScript SDK on stdio, through `mp mcp --hosted`. `node client.mjs MP PORT LIFE [json]`
//
// It starts and kills the far side by itself, and the daemon; prints what it saw; any surprise ends it with 1.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';

const [mp, port, life, kind] = process.argv.slice(2);
const here = new URL('.', import.meta.url).pathname;
const env = { ...process.env };
let far;
async function start() {
  far = spawn(process.execPath, [`${here}server.mjs`, port, kind ?? ''], { stdio: ['ignore', 'inherit', 'pipe'] });
  await once(far.stderr, 'data');
}
async function kill() {
  far.kill('SIGKILL');
  await once(far, 'exit');
}
await start();
process.on('exit', () => far.kill('SIGKILL'));

const client = new Client({ name: 'peer', version: '1' }, { capabilities: { elicitation: {} } });
let changed = 0;
client.setNotificationHandler(ToolListChangedNotificationSchema, () => { changed++; });
client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { which: 'this' } }));
await client.connect(new StdioClientTransport({ command: mp, args: ['mcp', '--hosted'], env, stderr: 'inherit' }));
const call = async (name, options) => (await client.callTool({ name, arguments: {} }, undefined, options)).content[0].text;
console.log('server', client.getServerVersion().name, 'tools', (await client.listTools()).tools.map(tool => tool.name).join(' '));

assert.equal(await call('change'), 'change 1');
if (kind !== 'json') {
  const seen = [];
  assert.equal(await call('slow', { onprogress: one => seen.push(one.progress), timeout: 1500, resetTimeoutOnProgress: true }), 'done');
  console.log('progress', seen.join(' '), 'under a time-out of 1.5 s, through a stream that was closed in the middle');
  // The SDK drops one that comes together with the answer.
  assert.deepEqual(seen.slice(0, 5), [1, 2, 3, 4, 5]);
  assert.equal(await call('ask'), 'accept this');
  console.log('elicitation: asked and answered');
}
const many = await Promise.all(Array.from({ length: 50 }, () => call('change')));
assert.equal(new Set(many).size, 50);
console.log('50 calls at once: 50 changes');

const before = Date.now();
await kill();
const waiting = call('read');
await start();
assert.equal(await waiting, '0 changes');
assert.equal(await call('change'), 'change 1');
console.log(`the far side was killed: another session after ${Date.now() - before} ms, lists changed ${changed} times`);
assert.ok(changed >= 1);

const status = JSON.parse(execFileSync(mp, ['daemon', 'status', '-f', 'json'], { env }));
process.kill(status.pid ?? status.daemon.pid, 'SIGKILL');
assert.equal(await call('change'), 'change 2');
console.log('the daemon was killed: the next call went through');

await new Promise(done => setTimeout(done, Number(life) * 1500));
assert.equal(await call('change'), 'change 3');
console.log(`${Number(life) * 1.5} s later, with another token: the next call went through`);
await client.close();
await kill();
