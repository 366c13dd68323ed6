// An application of Express with express-session, set up as its documentation begins: a secret of its own, everything else left alone.
const [home, port] = process.argv.slice(2);
const { createRequire } = require("node:module");
const crypto = require("node:crypto");
const library = createRequire(`${home}/package.json`);
const express = library("express");
const session = library("express-session");

const app = express();
const options = { secret: crypto.randomBytes(32).toString("hex"), resave: false, saveUninitialized: true };
// The report's fixes, pasted.
for (const line of (process.env.FIXES || "").split("\n").filter(Boolean)) {
  app.set("trust proxy", 1);
  if (line.startsWith("app.")) {
    eval(line);
  } else {
    const pasted = eval(`({ ${line}\n})`);
    Object.assign(options, pasted, { cookie: { ...options.cookie, ...pasted.cookie } });
  }
}
app.use(session(options));
app.get("/", (request, response) => {
  request.session.visits = (request.session.visits || 0) + 1;
  response.send(`<p>${request.session.visits}`);
});
app.listen(Number(port), "127.0.0.1");
