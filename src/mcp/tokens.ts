/**
 * About how many tokens a text takes, rather too many than too few: models count differently, but
 * none needs more than one for three characters of English or code, nor many more than one for a
 * character of another script.
 */
export function tokensOf(text: string): number {
  let others = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) others++;
  return Math.ceil((text.length - others) / 3 + others * 1.2);
}
