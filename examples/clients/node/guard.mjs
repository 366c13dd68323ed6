// An application that asks cloakroom whether each request may pass. Node 18 and later, nothing but what it has.

import { createServer } from "node:http";

const SIGN_IN = process.env.CLOAKROOM_URL; // where the gateway is, such as http://login.localhost:7464
const KEY = process.env.CLOAKROOM_KEY; // of `cloakroom api-key create NAME --scope verify`
const ORIGIN = process.env.ORIGIN; // of this application, as its browsers and the gateway's configuration know it
const SENT = ["accept", "access-control-request-method", "origin", "referer", "sec-fetch-mode", "sec-fetch-site", "upgrade"];

/** What is to become of a request; whatever goes wrong, it does not pass. */
async function verify(request) {
  const sent = SENT.filter((name) => name in request.headers);
  const question = {
    method: request.method,
    url: ORIGIN + request.url,
    address: request.socket.remoteAddress,
    cookie: request.headers.cookie ?? "",
    headers: Object.fromEntries(sent.map((name) => [name.replaceAll("-", "_"), request.headers[name]])),
  };
  try {
    const answer = await fetch(`${SIGN_IN}/_cloakroom/api/v1/verify`, {
      method: "POST",
      headers: { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json" },
      body: JSON.stringify(question),
      signal: AbortSignal.timeout(5000),
    });
    return answer.status === 200 ? await answer.json() : { decision: "unavailable" };
  } catch {
    return { decision: "unavailable" };
  }
}

createServer(async (request, response) => {
  const verdict = await verify(request);
  const answer = (status, text, fields = {}) =>
    response.writeHead(status, { "Cache-Control": "no-store", ...fields }).end(`${text}\n`);
  if (verdict.decision === "pass") return answer(200, `hello ${verdict.visitor?.user.name ?? "stranger"}`);
  if (verdict.login_url) {
    const isPage = (request.headers["sec-fetch-mode"] ?? "navigate") === "navigate";
    return answer(isPage ? 303 : 401, "sign in", { Location: verdict.login_url });
  }
  answer(verdict.decision === "unavailable" ? 503 : 403, verdict.decision);
}).listen(Number(process.env.PORT), "127.0.0.1");
