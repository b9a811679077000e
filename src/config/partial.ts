import { z } from "zod";

/**
 * The same schema with every key optional at every depth and no defaults: what one file of several
 * may hold. A map may also be left empty (`server:` with all its keys commented out).
 */
export function partial(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional
  ) {
    return partial(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodObject) {
    const shape = Object.entries(schema.shape as Record<string, z.ZodType>)
      .map(([key, value]) => [key, partial(value).optional()]);
    return z.strictObject(Object.fromEntries(shape)).nullable();
  }
  if (schema instanceof z.ZodRecord) {
    return z.partialRecord(schema.keyType as z.ZodString, partial(schema.valueType as z.ZodType))
      .nullable();
  }
  return schema;
}
