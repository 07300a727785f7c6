// What axe-core finds in a page, in light and in dark.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Every rule of axe-core that fits a page, also the one for the sizes of targets, which is off otherwise. */
const OPTIONS = {
  resultTypes: ["violations", "incomplete"],
  rules: { "target-size": { enabled: true } },
};

/** Asserts that nothing is found. What axe cannot decide is told apart: only colours behind a gradient or an image may be. */
export async function accessible(tab, what, schemes = ["light", "dark"]) {
  for (const colorScheme of schemes) {
    await tab.emulateMedia({ colorScheme });
    if (!(await tab.evaluate(() => "axe" in window))) await tab.evaluate(SOURCE);
    const found = await tab.evaluate(async (options) => {
      // Colours may be on their way to those of the other scheme.
      await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
      const { violations, incomplete, passes } = await window.axe.run(document, options);
      const told = ({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.any[0]?.message}`);
      return { bad: violations.flatMap(told), unsure: incomplete.flatMap(told), rules: passes.length };
    }, OPTIONS);
    assert.deepEqual(found.bad, [], `${what}, ${colorScheme}`);
    assert.deepEqual(found.unsure, [], `${what}, ${colorScheme}, undecided`);
    assert.ok(found.rules > 15, `${found.rules} rules were asked`);
  }
}
