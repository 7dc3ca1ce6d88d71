/** UUIDs of version 7 (RFC 9562, section 5.7): a millisecond, then 74 random bits. They sort by their time. */

/**
 * @param wallMs Unix milliseconds
 * @param random ten random bytes; six bits of them make room for version and variant
 */
export function uuidV7(wallMs: number, random: Uint8Array): string {
  const [a = 0, b = 0, c = 0, ...rest] = random;
  const digits = [0x70 | (a & 0x0f), b, 0x80 | (c & 0x3f), ...rest].map((byte) => byte.toString(16).padStart(2, "0"));
  const all = wallMs.toString(16).padStart(12, "0") + digits.join("");
  return all.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** The millisecond in it. */
export function wallMsOf(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}
