// Plays the person in front of a browser: follows an authorize URL, redirect by redirect and with cookies, until the login's own page has
// answered. Prints the status and the address of that page, without the code in it. Also plays the thief of an old refresh token.
// Used by run.sh: node user.mjs URL, and node user.mjs --replay BASE CLIENT TOKEN.

export async function follow(url, visit = fetch) {
  const jar = new Map();
  for (let hops = 0; hops < 10; hops += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const at = new URL(url);
    const back = at.searchParams.has('code') || at.searchParams.has('error');
    const response = await visit(at, { redirect: 'manual', headers: cookie ? { cookie } : {} });
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split(/=(.*)/s);
      jar.set(name, value);
    }
    if (back) return { status: response.status, url: at, text: await response.text() };
    const location = response.headers.get('location');
    if (!location) throw new Error(`${at.pathname} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
    url = new URL(location, at).href;
  }
  throw new Error('too many redirects');
}

async function replay([base, client_id, refresh_token]) {
  const body = new URLSearchParams({ grant_type: 'refresh_token', client_id, refresh_token });
  const response = await fetch(`${base}/us/oauth/token/`, { method: 'POST', body });
  console.log(`${response.status} ${(await response.json()).error}`);
}

async function login(url) {
  const { status, url: page } = await follow(url);
  console.log(`${page.origin}${page.pathname} answered ${status}`);
  if (status !== 200) process.exitCode = 1;
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const [first, ...rest] = process.argv.slice(2);
  await (first === '--replay' ? replay(rest) : login(first));
}
