/** Kinds of values that several blocks of the configuration have. */
import { z } from "zod";

/** Names of CLIs and roles; they become folder and variable names. */
export const namePattern = /^[a-z][a-z0-9_-]*$/;

/** What a program can be given. */
export const argument = z.string().regex(/^[^\0]*$/, "Expected a text without NUL characters");

/** The name of a variable that a program can be given. */
export const variableName = z.string()
  .regex(/^[^=\0]+$/, "Use the name of a variable: it is not empty and has no = in it");

/** A number of a range, its ends included. */
export function amount(min: number, max: number) {
  const error = `Expected a number from ${min} to ${max}`;
  return z.number(error).min(min, error).max(max, error);
}
