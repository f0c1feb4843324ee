// Plays our client against the provider, step by step: registration, authorize, token, refresh, replay. It tells a fault of the provider's
// set-up from one of ours. Used by run.sh: node check.mjs BASE.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { follow } from './user.mjs';

const base = process.argv[2];
const callback = 'http://localhost:19284/callback';
const token = (fields) =>
  fetch(`${base}/us/oauth/token/`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
const me = (bearer) => fetch(`${base}/us/app/me`, { headers: bearer ? { authorization: `Bearer ${bearer}` } : {} });

const registered = await fetch(`${base}/us/oauth/mcp/register/`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    scope: 'projects analysis events insights segmentation retention data:read funnels flows data_definitions dashboard_reports bookmarks',
  }),
});
const { client_id } = await registered.json();
assert.equal(registered.status, 201);
console.log(`registered: ${client_id.length} characters`);

const verifier = randomBytes(64).toString('base64url');
const code_challenge = createHash('sha256').update(verifier).digest('base64url');
const asked = { response_type: 'code', client_id, redirect_uri: callback, state: 'st', code_challenge, code_challenge_method: 'S256' };
const authorize = (fields) => `${base}/us/oauth/authorize/?${new URLSearchParams(fields)}`;
// The callback is ours: nobody listens there, so it is not visited.
const visit = (url, options) => (url.href.startsWith(callback) ? new Response('') : fetch(url, options));
const { url } = await follow(authorize(asked), visit);
assert.equal(url.searchParams.get('state'), 'st');
const code = url.searchParams.get('code');
assert.ok(code);

const { code_challenge: _, code_challenge_method: __, ...plain } = asked;
assert.equal((await follow(authorize(plain), visit)).url.searchParams.get('error'), 'invalid_request');
console.log('PKCE is required');

const exchange = { grant_type: 'authorization_code', code, redirect_uri: callback, client_id };
const first = await token({ ...exchange, code_verifier: verifier });
const minted = await first.json();
assert.equal(first.status, 200, JSON.stringify(minted));
console.log(`token answer: ${JSON.stringify({ ...minted, access_token: '…', refresh_token: minted.refresh_token && '…' })}`);
assert.ok(minted.refresh_token);
assert.equal((await me(minted.access_token)).status, 200);
assert.equal((await me()).status, 401);
assert.equal((await me('wrong')).status, 401);

const refresh = (refresh_token) => token({ grant_type: 'refresh_token', refresh_token, client_id });
const second = await (await refresh(minted.refresh_token)).json();
assert.notEqual(second.refresh_token, minted.refresh_token);
const third = await (await refresh(second.refresh_token)).json();
assert.notEqual(third.refresh_token, second.refresh_token);
assert.equal((await me(third.access_token)).status, 200);
console.log('refresh tokens rotate');

const replayed = await refresh(minted.refresh_token);
assert.deepEqual([replayed.status, (await replayed.json()).error], [400, 'invalid_grant']);
const after = await refresh(third.refresh_token);
assert.deepEqual([after.status, (await after.json()).error], [400, 'invalid_grant']);
assert.equal((await me(third.access_token)).status, 401);
console.log('a replayed refresh token is refused and revokes the family');
