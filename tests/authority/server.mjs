// An authorization server that is not ours (`oidc-provider`, certified), on loopback, for the tests of signing in. What it is started with
// comes as JSON in the first argument; it tells where it is in one line and ends when its standard input closes.
//
// Beside it there is a door for the tests under `/test/`: its clock can be set on, the next answers to requests for tokens can be ordered,
// and what was asked is counted. Nothing here knows anything of the product.

import { createServer } from 'node:http';
import Provider, { interactionPolicy } from 'oidc-provider';

const wanted = {
  rotate: true,
  accessSeconds: 3600,
  refreshSeconds: 90 * 24 * 3600,
  scopes: ['openid', 'offline_access', 'email', 'profile', 'mailbox'],
  // Where the servers of mailboxes are told of each new access token, if anywhere.
  mailboxes: null,
  ...JSON.parse(process.argv[2] ?? '{}'),
};

// The provider reads its clock here and nowhere else.
const machine = Date.now.bind(Date);
let ahead = 0;
Date.now = () => machine() + ahead;

const asked = { authorization_code: 0, refresh_token: 0, authorizations: [] };
const ordered = [];

// Microsoft's way to let people choose between accounts, which this provider does not know by itself.
const policy = interactionPolicy.base();
policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);

const server = createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'connector',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://localhost'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
  ],
  scopes: wanted.scopes,
  claims: { openid: ['sub'], email: ['email'], profile: ['preferred_username'] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: id, preferred_username: id }),
  }),
  interactions: { policy },
  pkce: { required: () => true },
  rotateRefreshToken: wanted.rotate,
  // By itself it wants `prompt=consent` for these; Microsoft does not.
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  ttl: {
    AccessToken: wanted.accessSeconds,
    RefreshToken: wanted.refreshSeconds,
    AuthorizationCode: 600,
    Grant: 365 * 24 * 3600,
    Interaction: 3600,
    Session: 14 * 24 * 3600,
    IdToken: 3600,
  },
  cookies: { keys: ['of a test'] },
});

provider.use(async (ctx, next) => {
  if (ctx.path === '/auth') asked.authorizations.push(Object.fromEntries(new URLSearchParams(ctx.querystring)));
  await next();
  if (ctx.oidc?.route !== 'token') return;
  const kind = ctx.oidc.params?.grant_type;
  if (kind in asked) asked[kind] += 1;
  if (wanted.mailboxes !== null && ctx.body?.access_token !== undefined) {
    const told = { token: ctx.body.access_token, user: ctx.oidc.entities.AccessToken.accountId };
    await fetch(wanted.mailboxes, { method: 'POST', body: JSON.stringify(told) });
  }
});

async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

function answer(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

async function door(request, response) {
  switch (new URL(request.url, issuer).pathname) {
    case '/test/advance':
      ahead += 1000 * Number(await bodyOf(request));
      return answer(response, 200, {});
    case '/test/order':
      ordered.push(JSON.parse(await bodyOf(request)));
      return answer(response, 200, {});
    case '/test/asked':
      return answer(response, 200, asked);
    default:
      return answer(response, 404, {});
  }
}

/** People who are asked which account they want take the one they have, so that only signing in is left to do. */
async function choseAnAccount(request, response) {
  if (!/^\/interaction\/[^/]+$/.test(request.url)) return false;
  const { prompt } = await provider.interactionDetails(request, response);
  if (prompt.name !== 'select_account') return false;
  await provider.interactionFinished(request, response, { select_account: {} });
  return true;
}

const answerAsProvider = provider.callback();
server.on('request', async (request, response) => {
  if (request.url.startsWith('/test/')) return door(request, response);
  if (request.url === '/token' && ordered.length > 0) {
    await bodyOf(request);
    const { status, body, headers } = ordered.shift();
    return answer(response, status, body, headers);
  }
  if (request.method === 'GET' && (await choseAnAccount(request, response))) return;
  return answerAsProvider(request, response);
});

console.log(JSON.stringify({ issuer }));
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
