/** Who may call: a JWT in `Authorization`, checked by jose with the keys in the secret `JWT_KEYS`. */

import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { jwtVerify } from "jose";

const options = { algorithms: ["HS256"], requiredClaims: ["exp"], clockTolerance: 60 };

/** The imported keys by their names; importing one for each request would cost more than the check. */
let imported;

async function keys(env) {
  imported ??= Promise.all(
    JSON.parse(env.JWT_KEYS).keys.map(async (jwk) => {
      const key = await crypto.subtle.importKey("jwk", jwk, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
      return [jwk.kid, key];
    }),
  ).then((entries) => new Map(entries));
  return imported;
}

/** Lets a request through whose token has the scope and names a known source, and leaves its claims as `claims`. */
export const authenticate = (scope) =>
  createMiddleware(async (c, next) => {
    const [, token] = /^Bearer (.+)$/i.exec(c.req.header("Authorization") ?? "") ?? [];
    if (token === undefined) throw new HTTPException(401, { message: "send `Authorization: Bearer <token>`" });
    const known = await keys(c.env);
    const { payload } = await jwtVerify(token, ({ kid }) => known.get(kid), options).catch((error) => {
      throw new HTTPException(401, { message: `the token is not valid: ${error.message}` });
    });
    const scopes = typeof payload.scope === "string" ? payload.scope.split(" ") : [];
    if (!scopes.includes(scope)) throw new HTTPException(403, { message: `the token lacks the scope \`${scope}\`` });
    if (scope === "ingest" && !Object.hasOwn(c.env.SOURCES, payload.source ?? "")) {
      throw new HTTPException(403, { message: "the token names no known source" });
    }
    c.set("claims", payload);
    await next();
  });
