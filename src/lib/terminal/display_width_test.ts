import assert from "node:assert/strict";
import { cutToWidth, displayWidth, padToWidth } from "./display_width.ts";

Deno.test("a line is as wide as a terminal shows it", () => {
  const widths: [string, number][] = [
    ["", 0],
    ["plain", 5],
    ["naïve", 5],
    ["nai\u0308ve", 5],
    ["漢字", 4],
    ["한글", 4],
    ["ｆｕｌｌ", 8],
    ["👍", 2],
    ["👩‍🔧", 2],
    ["🇨🇭", 2],
    ["❤️", 2],
    ["a\u200Bb", 2],
    ["…─·", 3],
  ];
  for (const [text, width] of widths) assert.equal(displayWidth(text), width, text);
});

Deno.test("a line that is cut fits, wide characters are not halved", () => {
  assert.equal(cutToWidth("plain", 5), "plain");
  assert.equal(cutToWidth("plain text", 6), "plain…");
  assert.equal(cutToWidth("漢字漢字", 6), "漢字…");
  assert.equal(cutToWidth("漢字漢字", 2), "…");
  assert.equal(cutToWidth("👩‍🔧👩‍🔧👩‍🔧", 5), "👩‍🔧👩‍🔧…");
  assert.equal(cutToWidth("plain", 0), "");
});

Deno.test("a line is filled up by what it lacks", () => {
  assert.equal(padToWidth("漢", 4), "漢  ");
  assert.equal(padToWidth("long", 2), "long");
});
