/** The variables by which the processes of hooks are found, also after their server's end. */

/** One hook that is being asked; its value is unique. */
export const HOOK_MARKER = "AIMUX_HOOK_ID";
/** The server that asked it, by its id among the owners of jobs. */
export const OWNER_MARKER = "AIMUX_OWNER";
