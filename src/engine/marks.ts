/** The variables by which processes are found, also after their server's end. */

/** In every process of a job, with its id; aimux itself reads it to know the job that called it. */
export const JOB_MARKER = "AIMUX_JOB_ID";
/** In every process of one asking of a hook; its value is unique. */
export const HOOK_MARKER = "AIMUX_HOOK_ID";
/** In every process of a job or a hook: the server that started it, by its id among the owners. */
export const OWNER_MARKER = "AIMUX_OWNER";
