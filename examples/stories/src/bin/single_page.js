"use strict";
let csrf = "";
const main = document.querySelector("main");

async function call(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  return fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
}

function element(name, text, act) {
  const made = document.createElement(name);
  made.textContent = text; // never innerHTML
  if (act) made.addEventListener("click", act);
  main.append(made);
  return made;
}

async function show() {
  const me = await (await call("GET", "/api/me")).json();
  csrf = me.csrf;
  main.replaceChildren();
  if (!me.user) {
    const user = element("input");
    const password = element("input");
    password.type = "password";
    element("button", "Sign in", async () => {
      const answer = await call("POST", "/api/login", { user: user.value, password: password.value });
      if (answer.ok) await show();
      else element("p", "That is not right.");
    });
    return;
  }
  element("h1", `Notes of ${me.user}`);
  for (const note of await (await call("GET", "/api/notes")).json()) element("p", note);
  const note = element("input");
  element("button", "Add", async () => {
    await call("POST", "/api/notes", note.value);
    await show();
  });
  element("button", "Sign out", async () => {
    await call("POST", "/api/logout");
    await show();
  });
}

show();
