/** What is told of JSON that is no message of the protocol. */
export const NOT_A_MESSAGE =
  'Not a JSON-RPC 2.0 message: it needs "jsonrpc": "2.0", a "method" and, for a request, an "id"; ' +
  '"params" is an object, and "_meta.progressToken" in it a text or a whole number';
