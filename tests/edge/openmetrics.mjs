// A strict reader of OpenMetrics 1.0: whatever the specification does not allow is an error.

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(.*)\})? (\d+(?:\.\d+)?)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/;

/** `Map` of families by name: `{ type, unit, help, samples: [{ labels, value }] }`. */
export function parse(text) {
  if (!text.endsWith("\n# EOF\n")) throw new Error("the text does not end in # EOF");
  const families = new Map();
  let family;
  for (const line of text.slice(0, -"# EOF\n".length - 1).split("\n")) {
    const meta = /^# (TYPE|UNIT|HELP) (\S+) (.+)$/.exec(line);
    if (meta !== null) {
      const [, word, name, rest] = meta;
      if (word === "TYPE") {
        if (!NAME.test(name) || !["gauge", "counter"].includes(rest)) throw new Error(`a wrong type: ${line}`);
        if (families.has(name)) throw new Error(`a family in two places: ${line}`);
        if (rest === "counter" && name.endsWith("_total"))
          throw new Error(`a counter is named without _total: ${line}`);
        family = { name, type: rest, samples: [], seen: new Set() };
        families.set(name, family);
      } else {
        const key = word.toLowerCase();
        const late = name !== family?.name || family.samples.length > 0 || family[key] !== undefined;
        if (late) throw new Error(`out of its place: ${line}`);
        if (key === "unit" && !name.endsWith(`_${rest}`)) throw new Error(`a name without its unit: ${line}`);
        if (key === "help" && /\\(?![\\"n])/.test(rest)) throw new Error(`a wrong escape: ${line}`);
        family[key] = rest;
      }
      continue;
    }
    const sample = SAMPLE.exec(line);
    if (sample === null) throw new Error(`not a sample: ${line}`);
    const expected = family?.type === "counter" ? `${family.name}_total` : family?.name;
    if (sample[1] !== expected) throw new Error(`a sample outside its family: ${line}`);
    const labels = labelsOf(sample[3] ?? "", line);
    const key = JSON.stringify(Object.entries(labels).toSorted());
    if (family.seen.has(key)) throw new Error(`the same labels twice: ${line}`);
    family.seen.add(key);
    family.samples.push({ labels, value: Number(sample[4]) });
  }
  return families;
}

function labelsOf(text, line) {
  const labels = {};
  for (let rest = text; rest !== ""; ) {
    const found = LABEL.exec(rest);
    if (found === null || found[1] in labels) throw new Error(`a wrong label: ${line}`);
    labels[found[1]] = found[2].replace(/\\(.)/g, (_, each) => (each === "n" ? "\n" : each));
    rest = rest.slice(found[0].length);
  }
  return labels;
}

/** The sum of the samples of a family that have these labels. */
export function sum(families, name, wanted = {}) {
  const family = families.get(name);
  if (family === undefined) throw new Error(`there is no family ${name}`);
  const fits = ({ labels }) => Object.entries(wanted).every(([label, value]) => labels[label] === value);
  return family.samples.filter(fits).reduce((all, { value }) => all + value, 0);
}
