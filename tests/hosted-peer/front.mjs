// What stands before the far side: an OAuth check. `node front.mjs MIXPANEL PORT` prints what belongs into MPD_UPSTREAM.
//
// Everything but /{region}/mcp goes to the fake Mixpanel, which is the OAuth provider, too: tokens that end, rotation, and a grant that is
// revoked as a whole when a refresh token comes twice. A message for the MCP server is passed on only if Mixpanel knows its bearer.
import { createServer, request as ask } from 'node:http';

const [mixpanel, port] = [new URL(process.argv[2]), Number(process.argv[3])];
const counts = { passed: 0, refused: 0, refreshes: 0, registered: 0 };
const show = () => console.error(JSON.stringify(counts));

function pass(to, request, response) {
  const { host, ...headers } = request.headers;
  const onward = ask({ hostname: '127.0.0.1', port: to.port, path: to.path, method: request.method, headers }, answer => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  onward.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end('Bad gateway')));
  // Whoever has gone is not waited for.
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

const isKnown = authorization => new Promise(done => {
  const headers = authorization ? { authorization } : {};
  ask({ hostname: '127.0.0.1', port: mixpanel.port, path: '/us/app/me', headers }, answer => {
    answer.resume();
    done(answer.statusCode === 200);
  }).on('error', () => done(false)).end();
});

createServer(async (request, response) => {
  if (!/^\/us\/mcp$/.test(request.url)) {
    if (request.url.includes('/oauth/token')) counts.refreshes++;
    if (request.url.includes('/register')) counts.registered++;
    return pass({ port: mixpanel.port, path: request.url }, request, response);
  }
  request.pause();
  if (await isKnown(request.headers.authorization)) {
    counts.passed++;
    return pass({ port, path: '/mcp' }, request, response);
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
