// What others have written to find mistakes: html-validate in saved pages, csp_evaluator in a policy, and the scanner of MDN's HTTP
// Observatory in a whole site. Prints what is wrong, one thing a line, and fails when anything is.
//
//   node checks.mjs LIBRARIES html FOLDER
//   node checks.mjs LIBRARIES policy TEXT
//   node checks.mjs LIBRARIES site HOST:PORT
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , libraries, what, subject] = process.argv;
const load = createRequire(join(libraries, 'package.json'));
const wrong = [];

if (what === 'html') {
  const { FileSystemConfigLoader, HtmlValidate } = load('html-validate');
  // A field to type into may well have the focus on a page that is there for that field; and nothing comes from elsewhere.
  const rules = { 'no-autofocus': 'off', 'require-sri': ['error', { target: 'crossorigin' }] };
  const config = { root: true, extends: ['html-validate:recommended', 'html-validate:document'], rules };
  const validator = new HtmlValidate(new FileSystemConfigLoader(config));
  const files = readdirSync(subject).filter((name) => name.endsWith('.html'));
  if (files.length < 10) wrong.push(`only ${files.length} pages in ${subject}`);
  for (const file of files) {
    const report = await validator.validateString(readFileSync(join(subject, file), 'utf8'), file);
    for (const { messages } of report.results) {
      for (const { line, ruleId, message } of messages) wrong.push(`${file}:${line}: ${ruleId}: ${message}`);
    }
  }
}

if (what === 'policy') {
  const { CspEvaluator } = load('csp_evaluator/dist/evaluator.js');
  const { CspParser } = load('csp_evaluator/dist/parser.js');
  const { Severity } = load('csp_evaluator/dist/finding.js');
  const findings = new CspEvaluator(new CspParser(subject).csp).evaluate();
  for (const { severity, directive, description } of findings) {
    const isGrave = severity <= Severity.MEDIUM || severity === Severity.SYNTAX || severity === Severity.HIGH_MAYBE;
    if (isGrave) wrong.push(`${directive}: ${description}`);
  }
}

if (what === 'site') {
  const home = join(libraries, 'node_modules/@mdn/mdn-http-observatory');
  // A list of names that browsers know, which is fetched at installation. Ours is not among them.
  mkdirSync(join(home, 'conf'), { recursive: true });
  writeFileSync(join(home, 'conf/hsts-preload.json'), '{}');
  const { scan } = await import(pathToFileURL(join(home, 'src/scanner/index.js')));
  const { scan: result, tests } = await scan(subject);
  if (result.grade !== 'A+') {
    wrong.push(`the grade is ${result.grade}, of ${result.score} points`);
    for (const [name, { pass, result: said }] of Object.entries(tests)) if (!pass) wrong.push(`${name}: ${said}`);
  }
}

for (const line of wrong) console.log(line);
process.exit(wrong.length ? 1 : 0);
