import assert from "node:assert/strict";
import { withQuery } from "./uri_template.ts";

const template = withQuery("aimux://jobs/{id}/output", ["offset", "limit"]);

Deno.test("parameters of the query are optional, in any order", () => {
  const base = "aimux://jobs/job_1/output";
  assert.deepEqual({ ...template.match(base) }, { id: "job_1" });
  assert.deepEqual({ ...template.match(`${base}?`) }, { id: "job_1" });
  assert.deepEqual({ ...template.match(`${base}?limit=5`) }, { id: "job_1", limit: "5" });
  assert.deepEqual({ ...template.match(`${base}?limit=5&offset=7`) }, {
    id: "job_1",
    limit: "5",
    offset: "7",
  });
});

Deno.test("a second question mark is part of the query", () => {
  const { offset } = template.match("aimux://jobs/job_1/output?offset=1?limit=2")!;
  assert.equal(offset, "1?limit=2");
});

Deno.test("another path or another parameter does not match", () => {
  for (
    const uri of [
      "aimux://jobs/job_1/output?of=5",
      "aimux://jobs/job_1/output?offset=1&id=job_2",
      "aimux://jobs/job_1/output?offset=1&?limit=2",
      "aimux://jobs/job_1/answer",
      "aimux://jobs//output",
      "aimux://jobs/a/b/output",
      "other://jobs/job_1/output",
      "",
    ]
  ) {
    assert.equal(template.match(uri), null, uri);
  }
});

Deno.test("the template is told with its parameters", () => {
  assert.equal(String(template), "aimux://jobs/{id}/output{?offset,limit}");
  assert.equal(
    template.expand({ id: "job_1", offset: "0", limit: "9" }),
    "aimux://jobs/job_1/output?offset=0&limit=9",
  );
});
