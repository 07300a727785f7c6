// Writes tests/conformance/check/naughty.json from the big list of naughty strings. Usage: node naughty.mjs (after setup)
import { readFileSync, writeFileSync } from 'node:fs';
import { cache, root } from './native.mjs';

const folder = `${cache}node_modules/big-list-of-naughty-strings/`;
const strings = JSON.parse(readFileSync(`${folder}blns.json`, 'utf8'));
const { version } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'));
const data = { source: `big-list-of-naughty-strings ${version}, MIT`, strings };
writeFileSync(`${root}tests/conformance/check/naughty.json`, `${JSON.stringify(data, null, 1)}\n`);
console.log(strings.length, 'strings');
