import assert from "node:assert/strict";
import { MAX_RENDERED_CHARS, renderTemplate } from "./template.ts";
import { templateFiles } from "./template_files.ts";
import { testLayers } from "./testing.ts";

const VARIABLES = { role: "coding", model: null, read_only: true, cwd: "/{{ role }}" };

/** Fills in `below/a.md`, with other files beside it. */
async function filled(text: string, files: Record<string, string> = {}) {
  using at = testLayers({ "below/a.md": text, ...files });
  return await renderTemplate("a", VARIABLES, templateFiles(at.layers));
}

const textOf = async (text: string, files?: Record<string, string>) =>
  (await filled(text, files))?.text;

async function problemOf(text: string, files?: Record<string, string>): Promise<string> {
  const error = await filled(text, files).then(
    (rendered) => assert.fail(`no error, but ${JSON.stringify(rendered)}`),
    (error) => error,
  );
  assert.equal(error.code, "invalid_input", String(error));
  return error.message;
}

Deno.test("variables are filled in; one that is unset is empty and counts as no", async () => {
  assert.equal(await textOf("\n{{ role }} {{ read_only }} [{{ model }}]\n\n"), "coding true []");
  assert.equal(await textOf("{% if model %}a{% else %}b{% endif %}"), "b");
  assert.equal(await textOf("{% if read_only %}a{% else %}b{% endif %}"), "a");
  assert.equal(await textOf("{{ role | upcase }}{% assign x = 1 %}{{ x | plus: 1 }}"), "CODING2");
});

Deno.test("what a variable holds is never taken for a template", async () => {
  assert.equal(await textOf("{{ cwd }}"), "/{{ role }}");
  assert.equal(await textOf("{{ cwd | append: '{{ cwd }}' }}"), "/{{ role }}{{ cwd }}");
});

Deno.test("an empty template is empty, and one that is absent is nothing", async () => {
  assert.equal(await textOf(""), "");
  assert.equal(await textOf(" \n\n"), "");
  assert.equal(await textOf("{% comment %} nothing {% endcomment %}\n"), "");
  using at = testLayers();
  assert.equal(await renderTemplate("a", VARIABLES, templateFiles(at.layers)), undefined);
});

Deno.test("an include takes in another template, looked up over all layers", async () => {
  const files = {
    "below/parts/x.md": "x below\n",
    "below/parts/y.md": 'y: {% include "parts/x" %}',
    "above/parts/x.md": "x above, {{ role }}{{ what }}\n",
  };
  const rendered = await filled('1\n{% include "parts/y" %}\n{% include "parts/x" %}\n2', {
    ...files,
    "above/parts/x.md": "x above",
  });
  assert.deepEqual(rendered, {
    text: "1\ny: x above\nx above\n2",
    files: ["below/a.md", "below/parts/y.md", "above/parts/x.md"],
  });
  const values = '{% include "parts/x", what: "!" %}{% render "parts/x", what: role %}';
  assert.equal(await textOf(values, files), "x above, coding!x above, codingcoding");
});

Deno.test("render keeps its variables to itself, include shares them", async () => {
  const files = { "below/set.md": "{% assign x = 1 %}" };
  assert.equal(await textOf('{% include "set" %}{{ x }}', files), "1");
  assert.match(await problemOf('{% render "set" %}{{ x }}', files), /Unknown variable "x"/);
  const asks = { "below/asks.md": "{{ x }}" };
  assert.equal(await textOf('{% assign x = 1 %}{% include "asks" %}', asks), "1");
  assert.match(
    await problemOf('{% assign x = 1 %}{% render "asks" %}', asks),
    /^below\/asks\.md:1:4 Unknown variable "x"/,
  );
});

Deno.test("a template that includes its own name adds to the one of the layer below", async () => {
  using at = testLayers({
    "below/a.md": "one",
    "above/a.md": '{% include "a" %} two',
    "project/a.md": 'zero {% include "a" %} three',
  });
  const rendered = await renderTemplate("a", VARIABLES, templateFiles(at.layers));
  assert.equal(rendered?.text, "zero one two three");
  assert.match(await problemOf('{% include "a" %}'), /"a" includes itself, and no layer below/);
});

Deno.test("each mistake is told with file, line, column and what would be right", async () => {
  const problems: [text: string, problem: string | RegExp][] = [
    ["one\n {{ rol }}", 'below/a.md:2:5 Unknown variable "rol". Did you mean "role"?'],
    [
      "{% if zebra %}{% endif %}",
      'below/a.md:1:7 Unknown variable "zebra". Variables: role, model, read_only, cwd',
    ],
    ["{{ role.foo }}", 'below/a.md:1:4 There is no "role.foo": "role" is a single value'],
    ["{{ role | upcas }}", 'below/a.md:1:1 Unknown filter "upcas". Did you mean "upcase"?'],
    ["{% incude 'x' %}", 'below/a.md:1:1 Unknown tag "incude". Did you mean "include"?'],
    ["a\n{% endif %}", 'below/a.md:2:1 "endif" stands without its beginning'],
    ["{% layout 'x' %}", /^below\/a\.md:1:1 Unknown tag "layout"\. Tags: #, assign, break/],
    ["a\n\n{{ role", 'below/a.md:3:1 Invalid template: output "{{ role" not closed'],
    ["{% if role %}", "below/a.md:1:1 Invalid template: tag {% if role %} not closed"],
    ["{{ }}", 'below/a.md:1:4 Invalid template: invalid value expression: ""'],
    ['{% include "parts/z" %}', 'below/a.md:1:1 No template "parts/z". Did you mean "parts/x"?'],
    ['{% include "zebra" %}', 'below/a.md:1:1 No template "zebra". Templates: a, parts/x'],
    ["{% include role %}", /^below\/a\.md:1:\d+ Expected a quoted name, such as {% include "part/],
    ["{% include %}", /^below\/a\.md:1:\d+ Expected a quoted name/],
    ['{% include "parts/x" with role %}', /^below\/a\.md:1:\d+ Expected the end of the tag/],
    ['\n{% include "parts/x" %}', 'below/parts/x.md:2:5 Unknown variable "nope"'],
  ];
  for (const [text, problem] of problems) {
    const told = await problemOf(text, { "below/parts/x.md": "x\n{{  nope }}" });
    if (typeof problem === "string") assert.ok(told.startsWith(problem), `${text}: ${told}`);
    else assert.match(told, problem, text);
  }
});

Deno.test("an included file that cannot be read is named, with the place that includes it", async () => {
  const problem = await problemOf('\n {% include "big" %}', { "below/big.md": "x".repeat(70_000) });
  assert.equal(
    problem,
    "below/big.md Expected at most 65536 bytes, found 70000 (included at below/a.md:2:2)",
  );
});

Deno.test("includes that go round in a circle or too deep are told with their way", async () => {
  assert.equal(
    await problemOf('{% include "b" %}', {
      "below/b.md": '{% include "c" %}',
      "below/c.md": '\n{% render "a" %}',
    }),
    "below/c.md:2:1 Includes go round in a circle: a → b → c → a",
  );
  const deep = Object.fromEntries(
    Array.from({ length: 20 }, (_, n) => [`below/n${n}.md`, `{% include "n${n + 1}" %}`]),
  );
  assert.match(
    await problemOf('{% include "n0" %}', deep),
    /^below\/n7\.md:1:1 Includes are more than 8 deep: a → n0 → n1 /,
  );
});

Deno.test("no template reads a file that is none, by whatever words", async () => {
  using at = testLayers();
  const secret = `${at.root}/secret.md`;
  Deno.writeTextFileSync(secret, "secret");
  const names = [
    secret,
    secret.replace(/\.md$/, ""),
    "../secret",
    "./../secret",
    "file:///etc/passwd",
  ];
  for (const name of names) {
    for (const tag of ["include", "render", "layout"]) {
      at.write("below/a.md", `{% ${tag} "${name}" %}`);
      const files = templateFiles(at.layers);
      await assert.rejects(renderTemplate("a", VARIABLES, files), { code: "invalid_input" });
    }
  }
});

Deno.test("no template reaches what JavaScript hangs on its values", async () => {
  for (
    const path of [
      "role.constructor",
      "role.__proto__",
      "constructor",
      "__proto__",
      "toString",
      "role['constructor']['constructor']",
      "globalThis",
      "Deno",
      "process.env",
    ]
  ) {
    await problemOf(`{{ ${path} }}`);
  }
});

Deno.test("a template that would never end, or fill the memory, is told so soon", async () => {
  const words = "a,".repeat(5_000);
  const loop = (body: string) => `{% assign l = "${words}" | split: "," %}${body}`;
  const bombs: Record<string, [text: string, problem: RegExp]> = {
    "a range": ["{% for i in (1..100000000) %}{% endfor %}", /too much/],
    "loops in loops": [
      loop("{% for a in l %}{% for b in l %}{% for c in l %}{% endfor %}{% endfor %}{% endfor %}"),
      /more than 100000 steps/,
    ],
    "a text that doubles": [
      `{% assign a = "xxxxxxxxxx" %}${"{% assign a = a | append: a %}".repeat(60)}`,
      /too much/,
    ],
    "a capture that doubles": [
      `{% assign a = "xxxxxxxxxx" %}${"{% capture a %}{{ a }}{{ a }}{% endcapture %}".repeat(60)}`,
      /more than 65536 characters/,
    ],
    "a long output": [loop("{% for a in l %}{{ l }}{% endfor %}"), /more than 65536 characters/],
    "deep nesting": ["{% if role %}".repeat(4_600), /nested too deeply|not closed/],
  };
  for (const [name, [text, problem]] of Object.entries(bombs)) {
    assert.match(await problemOf(text), problem, name);
  }
  const fan = Object.fromEntries(
    Array.from({ length: 6 }, (_, n) => [
      `below/f${n}.md`,
      `{% include "f${n + 1}" %}`.repeat(10),
    ]),
  );
  assert.match(
    await problemOf('{% include "f0" %}', { ...fan, "below/f6.md": "leaf" }),
    /More than 200 includes/,
  );
});

Deno.test("as much text as is allowed is taken, and a loop of sensible length", async () => {
  const text = "x".repeat(MAX_RENDERED_CHARS);
  assert.equal(await textOf(text), text);
  assert.equal(await textOf("{% for i in (1..5) %}{{ i }}{% endfor %}"), "12345");
});
