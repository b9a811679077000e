/** The principal of those who need no token: standard input and output, and loopback. */
export const LOCAL = "local";
