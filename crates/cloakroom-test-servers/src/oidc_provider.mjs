// A provider of sign-ins with one client. Whatever name is typed is a user, and each start has another key.
import { generateKeyPairSync, randomUUID } from 'node:crypto';

const [library, port, callback, logout, signedOut] = process.argv.slice(2);
const module = await import(library);
const Provider = module.Provider ?? module.default;

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
const claims = (id) => ({ sub: id, name: `Name of ${id}`, preferred_username: id, email: `${id}@example.org` });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'us',
    client_secret: 's3cret',
    redirect_uris: [callback],
    backchannel_logout_uri: logout,
    backchannel_logout_session_required: true,
    post_logout_redirect_uris: [signedOut],
  }],
  jwks: { keys: [{ ...key, kid: randomUUID(), use: 'sig', alg: 'RS256' }] },
  cookies: { keys: ['a key of a test'] },
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => claims(id) }),
  features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
});
for (const event of ['server_error', 'backchannel.error', 'grant.error', 'authorization.error']) {
  provider.on(event, (_, error) => console.error(event, error));
}
provider.listen(Number(port), '127.0.0.1');
