/** The variable that every process of a job has in its environment, with the job's id. */
export const JOB_MARKER = "AIMUX_JOB_ID";
