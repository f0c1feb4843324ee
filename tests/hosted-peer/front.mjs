// What stands before the far side: an OAuth provider and its check. `node front.mjs PORT LIFE` prints what belongs into MPD_UPSTREAM.
//
// Access tokens live LIFE seconds, refresh tokens are taken once, and one that comes twice revokes everything (RFC 9700, 4.14.2). The first
// refresh token is `first`. A message for /us/mcp is passed on to PORT only with a token that is good.
import { randomUUID } from 'node:crypto';
import { createServer, request as ask } from 'node:http';

const [port, life] = process.argv.slice(2).map(Number);
const counts = { passed: 0, refused: 0, refreshes: 0, reused: 0, logins: 0 };
const [access, spent] = [new Map(), new Set()];
let refresh = 'first';
const show = () => console.error(JSON.stringify(counts));
const json = (response, status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

function pass(request, response) {
  const { host, ...headers } = request.headers;
  const onward = ask({ hostname: '127.0.0.1', port, path: '/mcp', method: request.method, headers }, answer => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  onward.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end('Bad gateway')));
  // Whoever has gone is not waited for.
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

async function token(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const given = new URLSearchParams(Buffer.concat(chunks).toString()).get('refresh_token');
  counts.refreshes++;
  if (given !== refresh) {
    if (spent.has(given)) counts.reused++;
    access.clear();
    refresh = undefined;
    return json(response, 400, { error: 'invalid_grant' });
  }
  spent.add(given);
  const granted = { access_token: randomUUID(), refresh_token: refresh = randomUUID() };
  access.set(granted.access_token, Date.now() + life * 1000);
  json(response, 200, { ...granted, token_type: 'Bearer', expires_in: life, scope: 'projects' });
}

createServer((request, response) => {
  const { url, headers } = request;
  if (url.startsWith('/us/oauth/token')) return token(request, response);
  if (url !== '/us/mcp') {
    counts.logins += url.includes('/oauth/') ? 1 : 0;
    return json(response, 404, {});
  }
  if (access.get(headers.authorization?.replace(/^Bearer /, '')) > Date.now()) {
    counts.passed++;
    return pass(request, response);
  }
  counts.refused++;
  request.resume();
  const metadata = 'http://127.0.0.1/.well-known/oauth-protected-resource/mcp';
  response.writeHead(401, { 'www-authenticate': `Bearer error="invalid_token", resource_metadata="${metadata}"` }).end();
}).listen(0, '127.0.0.1', function () {
  console.log(`http://127.0.0.1:${this.address().port}`);
});
process.stdin.resume().on('end', () => { show(); process.exit(); });
process.on('SIGUSR1', show);
