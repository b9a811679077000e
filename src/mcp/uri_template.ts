/** URI templates with optional query parameters. */
import { UriTemplate } from "@modelcontextprotocol/server";

/**
 * The SDK's template with `{?a,b}` matches only URIs that have every parameter, in that order.
 * Here each is optional, as RFC 6570 (level 3, form-style query) lets a URI be expanded.
 *
 * @param path A template without a query.
 * @param parameters The names that may stand in the query; another one does not match.
 */
export function withQuery(path: string, parameters: readonly string[]): UriTemplate {
  const pathTemplate = new UriTemplate(path);
  if (parameters.length === 0) return pathTemplate;
  const template = new UriTemplate(`${path}{?${parameters.join(",")}}`);
  template.match = function match(uri) {
    const [before = "", ...rest] = uri.split("?");
    const variables = pathTemplate.match(before);
    if (!variables) return null;
    for (const [name, value] of new URLSearchParams(rest.join("?"))) {
      if (!parameters.includes(name)) return null;
      variables[name] = value;
    }
    return variables;
  };
  return template;
}
