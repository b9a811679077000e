/** The tags by which a template takes in another: `{% include "parts/evidence" %}`. */
import type { Context, Emitter, Liquid, TagToken, Template, TopLevelToken } from "liquidjs";

/** The parsed text of other templates. */
export interface Included {
  /** Goes into a template; an error says why there is none, or none that may be taken here. */
  enter(name: string): Template[];
  /** Comes back from it. */
  leave(): void;
}

/**
 * The tags `include`, which shares the variables around it, and `render`, which does not. The name
 * is a quoted word, never a variable, and may be followed by values: `, key: value`.
 */
export function includeTags({ Tag, Hash }: typeof import("liquidjs"), included: Included) {
  return { include: tag(false), render: tag(true) };

  function tag(isolated: boolean) {
    return class Include extends Tag {
      readonly file: string;
      readonly values: InstanceType<typeof Hash>;

      constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid) {
        super(token, rest, liquid);
        const { tokenizer } = this;
        const quoted = tokenizer.readQuoted();
        if (!quoted) {
          throw tokenizer.error(`Expected a quoted name, such as {% ${token.name} "parts/x" %}`);
        }
        this.file = quoted.content;
        tokenizer.skipBlank();
        if (!tokenizer.end() && tokenizer.peek() !== ",") {
          throw tokenizer.error('Expected the end of the tag, or values such as ", key: value"');
        }
        this.values = new Hash(tokenizer);
      }

      override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
        const values = (yield this.values.render(context)) as object;
        const inner = isolated ? context.spawn() : context;
        const templates = included.enter(this.file);
        inner.push({ ...values });
        yield this.liquid.renderer.renderTemplates(templates, inner, emitter);
        inner.pop();
        included.leave();
      }
    };
  }
}
