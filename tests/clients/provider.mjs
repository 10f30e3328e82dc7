// A certified OpenID provider (oidc-provider) that a test steers over standard input, one JSON object a line:
//   { "do": "login", "account": "4711" } → { "token": "…" }   a whole authorization code flow with PKCE
//   { "do": "rotate" }                   → { "keys": 2 }       a new key signs, the old one stays published
//   { "do": "stop" } / { "do": "start" } → { "running": … }    as an outage
// The first line it prints is { "issuer": "http://127.0.0.1:…" }. node provider.mjs '<accounts as JSON>'
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import Provider from 'oidc-provider';

const accounts = JSON.parse(process.argv[2]);
const AUDIENCE = 'verbund';
const RETURN = 'http://127.0.0.1/back';
const keys = [];
let handler;
let issuer;
let server;

async function newKey(kind) {
  const options = kind === 'rsa' ? { modulusLength: 2048 } : { namedCurve: 'P-256' };
  const { privateKey } = await promisify(generateKeyPair)(kind, options);
  const kid = randomBytes(6).toString('hex');
  keys.unshift({ ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: kind === 'rsa' ? 'RS256' : 'ES256' });
}

function build() {
  const provider = new Provider(issuer, {
    jwks: { keys },
    clients: [{
      client_id: 'frontend',
      token_endpoint_auth_method: 'none',
      redirect_uris: [RETURN],
      application_type: 'native',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      id_token_signed_response_alg: keys[0].alg,
    }],
    cookies: { keys: ['a-secret-of-the-test'] },
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => `urn:${AUDIENCE}`,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'use',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg: keys[0].alg, kid: keys[0].kid } },
        }),
      },
    },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    extraTokenClaims: (_ctx, token) => accounts[token.accountId] ?? {},
    ttl: { AccessToken: 600, Grant: 600, Interaction: 600, Session: 600, IdToken: 600 },
  });
  handler = provider.callback();
}

async function start(port) {
  server = createServer((request, response) => handler(request, response));
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  return server.address().port;
}

/** Signs somebody in as a browser would: redirects, forms, cookies. */
async function login(account) {
  const jar = new Map();
  const verifier = randomBytes(32).toString('base64url');
  const go = async (url, form) => {
    const response = await fetch(new URL(url, issuer), {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      body: form ? new URLSearchParams(form) : undefined,
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name, value] = cookie.split(';')[0].split('=');
      jar.set(name, value);
    }
    return response;
  };
  let url = `/auth?${new URLSearchParams({
    client_id: 'frontend', response_type: 'code', redirect_uri: RETURN, scope: 'openid use',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
  })}`;
  for (let steps = 0; !url.startsWith(RETURN); steps += 1) {
    if (steps > 12) throw new Error(`no end of redirects: ${url}`);
    const response = await go(url);
    if (response.status === 200) {
      const page = await response.text();
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
      if (!prompt) throw new Error(`no form: ${page.slice(0, 400)}`);
      const done = await go(url, prompt === 'login' ? { prompt, login: account, password: 'x' } : { prompt });
      url = done.headers.get('location');
    } else {
      url = response.headers.get('location');
      if (!url) throw new Error(`${response.status}: ${await response.text()}`);
    }
    if (!url.startsWith(RETURN)) url = url.replace(issuer, '');
  }
  const code = new URL(url).searchParams.get('code');
  if (!code) throw new Error(url);
  const response = await go('/token', {
    grant_type: 'authorization_code', code, redirect_uri: RETURN, client_id: 'frontend', code_verifier: verifier,
  });
  const body = await response.json();
  if (!body.access_token) throw new Error(JSON.stringify(body));
  return body;
}

const port = await start(0);
issuer = `http://127.0.0.1:${port}`;
await newKey('rsa');
build();
console.log(JSON.stringify({ issuer }));
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  let answer;
  try {
    if (command.do === 'login') {
      const body = await login(command.account);
      answer = { token: body.access_token, id: body.id_token };
    } else if (command.do === 'rotate') {
      await newKey(keys[0].kty === 'RSA' ? 'ec' : 'rsa');
      build();
      answer = { keys: keys.length };
    } else if (command.do === 'stop') {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      answer = { running: false };
    } else if (command.do === 'start') {
      await start(port);
      answer = { running: true };
    }
  } catch (error) {
    answer = { error: String(error.stack ?? error) };
  }
  console.log(JSON.stringify(answer));
}
