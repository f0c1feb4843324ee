// Starts oidc-provider (npm) on a free port of 127.0.0.1, under the paths that Mixpanel has for its OAuth server, and prints its base
// URL: what MPD_UPSTREAM is to be. Ends when its standard input does.
//
// The protocol is oidc-provider's alone: registration, PKCE, codes, rotation, and that a refresh token used twice revokes all that came
// of its login. Ours are only the paths, the person (ada, who agrees to everything) and what /me says about her.
//
// Environment: PEER_LIFE, the life of an access token in seconds (70). It must stay above 30, or mpd serves none of them.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const LIFE = Number(process.env.PEER_LIFE ?? 70);
if (!(LIFE > 30)) throw new Error('PEER_LIFE must be above 30');

// What mpd asks for when it registers itself, as the Python tool does.
const SCOPES =
  'projects analysis events insights segmentation retention data:read funnels flows data_definitions dashboard_reports bookmarks';

const ME = {
  status: 'ok',
  results: {
    user_id: 1,
    user_email: 'ada@example.com',
    user_name: 'Ada Byron',
    organizations: { 100: { id: 100, name: 'Analytical Engines', role: 'owner', permissions: ['read_org'] } },
    projects: {
      3187654: {
        name: 'Notes', organization_id: 100, timezone: 'UTC', has_workspaces: true, domain: 'mixpanel.com', type: 'PROJECT',
      },
    },
    workspaces: {
      880101: {
        id: 880101, name: 'All Project Data', project_id: 3187654, is_default: true, is_global: true, is_restricted: false,
        is_visible: true, description: null, created_iso: '2024-06-01T10:00:00', creator_name: 'Ada Byron', member_list: [1],
      },
    },
  },
};

const PATHS = new Map([
  ['/us/oauth/mcp/register/', '/reg'],
  ['/us/oauth/authorize/', '/auth'],
  ['/us/oauth/token/', '/token'],
]);

const server = createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const base = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(base, {
  scopes: SCOPES.split(' '),
  clientAuthMethods: ['none'],
  clientDefaults: { token_endpoint_auth_method: 'none', grant_types: ['authorization_code', 'refresh_token'] },
  features: {
    devInteractions: { enabled: false },
    registration: { enabled: true },
    userinfo: { enabled: false },
  },
  // Our authorize request names no scope, so there is no offline_access to go by.
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  pkce: { required: () => true },
  ttl: { AccessToken: LIFE, AuthorizationCode: 60, RefreshToken: 86400, Grant: 86400, Interaction: 600, Session: 600 },
  cookies: { keys: ['not a secret: nothing here outlives the run'] },
  findAccount: async (_, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
});
for (const event of ['server_error', 'authorization.error', 'grant.error', 'registration_create.error']) {
  provider.on(event, (_, error) => console.error(`${event}: ${error.error ?? error.message}: ${error.error_description ?? ''}`));
}
provider.on('grant.revoked', () => console.error('grant.revoked'));
const answer = provider.callback();

// Ada signs in and agrees at once.
async function interact(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: 'ada' } });
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(prompt.details.missingOIDCScope?.join(' ') ?? '');
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

async function me(request, response) {
  const [scheme, value] = (request.headers.authorization ?? '').split(' ');
  const token = scheme.toLowerCase() === 'bearer' && value ? await provider.AccessToken.find(value) : undefined;
  const valid = token?.isValid && token.accountId === 'ada';
  response.writeHead(valid ? 200 : 401, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(valid ? ME : { status: 'error', error: 'Unauthorized' }));
}

server.on('request', (request, response) => {
  const { pathname, search } = new URL(request.url, base);
  const failed = (error) => {
    console.error(`${request.method} ${pathname}: ${error.message}`);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  };
  response.on('finish', () => console.error(`${request.method} ${pathname} ${response.statusCode}`));
  if (request.method === 'GET' && pathname === '/us/app/me') return me(request, response).catch(failed);
  if (pathname.startsWith('/interaction/')) return interact(request, response).catch(failed);
  const query = new URLSearchParams(search);
  if (pathname === '/us/oauth/authorize/' && !query.has('scope')) query.set('scope', SCOPES);
  request.url = `${PATHS.get(pathname) ?? pathname}?${query}`;
  return answer(request, response);
});

console.log(base);
process.stdin.resume().on('end', () => process.exit(0));
