/** Tokens as forgers make them: put together by hand, since no library for JWTs would. */

import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

type Members = Record<string, unknown>;
type Signer = (message: string) => Buffer;

/** A key of the server that whoever wants to may know, and the other half. */
export interface Pair {
  readonly alg: string;
  readonly kid: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const generate = {
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2_048 }),
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: () => generateKeyPairSync("ed25519"),
};

export const newPair = (alg: keyof typeof generate, kid: string): Pair => ({ alg, kid, ...generate[alg]() });
export const jwkOf = ({ alg, kid, publicKey }: Pair) => ({
  ...publicKey.export({ format: "jwk" }),
  alg,
  kid,
  use: "sig",
});

const part = (members: Members) => Buffer.from(JSON.stringify(members)).toString("base64url");

/** All that there is to be allowed, for ten minutes. */
const everything = () => {
  const exp = Math.floor(Date.now() / 1000) + 600;
  return { scope: "ingest view admin", space: "main", source: "crm", exp };
};

/** A token with this header. */
export function compact(header: Members, signer: Signer, claims: Members = everything()): string {
  const message = `${part(header)}.${part(claims)}`;
  return `${message}.${signer(message).toString("base64url")}`;
}

export const unsigned: Signer = () => Buffer.alloc(0);
export const byMac =
  (key: string | Buffer): Signer =>
  (message) =>
    createHmac("sha256", key).update(message).digest();
export const byPair =
  ({ alg, privateKey }: Pair): Signer =>
  (message) =>
    sign(alg === "EdDSA" ? null : "sha256", Buffer.from(message), { key: privateKey, dsaEncoding: "ieee-p1363" });

/**
 * Every forgery, by what it tries.
 * @param shared the server's secret key; with it only headers are signed that the server must not follow
 * @param pairs the server's other keys, of which a forger has the public halves
 * @param url where a forger would have the server fetch a key
 */
export function forgeries(shared: { kid: string; k: Buffer }, pairs: readonly Pair[], url: string): [string, string][] {
  const { kid, k } = shared;
  const good = compact({ alg: "HS256", kid }, byMac(k));
  const [head = "", claims = "", signature = ""] = good.split(".");
  const none = ["none", "None", "NONE", "nOnE", ""].flatMap((alg): [string, string][] => [
    [`alg ${alg}, unsigned`, compact({ alg, kid }, unsigned)],
    [`alg ${alg}, signed all the same`, compact({ alg, kid }, byMac(k))],
  ]);
  const confused = pairs.flatMap(({ alg, kid, publicKey }) => {
    const texts: [string, string | Buffer][] = [
      ["PEM", publicKey.export({ type: "spki", format: "pem" })],
      ["DER", publicKey.export({ type: "spki", format: "der" })],
      ["JWK", JSON.stringify(publicKey.export({ format: "jwk" }))],
    ];
    return texts.map(([form, text]): [string, string] => [
      `${alg}'s public key as a secret, ${form}`,
      compact({ alg: "HS256", kid }, byMac(text)),
    ]);
  });
  const own = pairs.flatMap((pair): [string, string][] => {
    const mine = newPair(pair.alg as keyof typeof generate, pair.kid);
    const header = { alg: pair.alg, kid: pair.kid };
    return [
      [`${pair.alg}, another key of the same name`, compact(header, byPair(mine))],
      [`${pair.alg}, the secret key's name`, compact({ ...header, kid }, byPair(mine))],
      [`${pair.alg}, its key in jwk`, compact({ ...header, jwk: jwkOf(mine) }, byPair(mine))],
      [`${pair.alg}, its key in x5c`, compact({ ...header, x5c: [derOf(mine)] }, byPair(mine))],
      [`${pair.alg}, its key at jku`, compact({ ...header, jku: `${url}/jwks.json` }, byPair(mine))],
      [`${pair.alg}, its key at x5u`, compact({ ...header, x5u: `${url}/key.pem` }, byPair(mine))],
    ];
  });
  const asking: [string, Members][] = [
    ["crit that is unknown", { crit: ["polso"], polso: true }],
    ["crit that is empty", { crit: [] }],
    ["a payload that is not encoded", { crit: ["b64"], b64: false }],
    ["a payload that is compressed", { zip: "DEF" }],
    ["jku beside a good signature", { jku: `${url}/jwks.json` }],
  ];
  return [
    ...none,
    ...confused,
    ...own,
    ...asking.map(([what, more]): [string, string] => [what, compact({ alg: "HS256", kid, ...more }, byMac(k))]),
    ["an empty secret", compact({ alg: "HS256", kid }, byMac(""))],
    ["other claims under a good signature", `${head}.${part({ ...everything(), space: "roma" })}.${signature}`],
    ["no signature", `${head}.${claims}.`],
    ["60 kB", compact({ alg: "HS256", kid }, byMac(k), { ...everything(), pad: "x".repeat(45_000) })],
  ];
}

const derOf = ({ publicKey }: Pair) => publicKey.export({ type: "spki", format: "der" }).toString("base64");
