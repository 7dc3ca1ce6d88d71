/** How long a text is as it is sent. */

const encoder = new TextEncoder();

/** In UTF-8. */
export const bytesOf = (text: string): number => encoder.encode(text).length;
