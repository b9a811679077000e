/**
 * The terminal that programs run on: as high as others, and so wide that programs which break their
 * text at its edge rarely have to.
 */
export const TERMINAL_SIZE = { columns: 200, rows: 50 } as const;
