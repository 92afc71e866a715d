// Signs odd payloads with jose of npm, by every algorithm that it has: make.mjs FOLDER (which holds node_modules)
//
// Prints lines as make.py does. Exit status 3: jose is not installed.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const HEADER = { typ: "JWT", "x-\u00fc": { a: [1, null, "\u2603"] } };
const require = createRequire(pathToFileURL(resolve(process.argv[2]) + "/"));
let jose;
let version;
try {
  jose = await import(pathToFileURL(require.resolve("jose")));
  version = require("jose/package.json").version;
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  console.error(error.message);
  process.exit(3);
}

const payloads = JSON.parse(readFileSync(new URL("payloads.json", import.meta.url), "utf8")).map(
  ({ text, base64 }) => Buffer.from(text ?? base64, text === undefined ? "base64" : "utf8"),
);

async function emit(alg, key, keys) {
  for (const payload of payloads) {
    const signer = new jose.CompactSign(payload).setProtectedHeader({ alg, ...HEADER });
    const token = await signer.sign(key);
    const forms = Object.entries(keys).map(([form, text]) => ({ form, text }));
    const line = { maker: "jose", version, alg, token, payload: payload.toString("base64"), keys: forms };
    console.log(JSON.stringify(line));
  }
}

for (const alg of ["HS256", "HS384", "HS512"]) {
  const key = await jose.generateSecret(alg, { extractable: true });
  await emit(alg, key, { jwk: JSON.stringify(await jose.exportJWK(key)) });
}
const pairs = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split(" ");
for (const alg of pairs) {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
  await emit(alg, privateKey, {
    jwk: JSON.stringify(await jose.exportJWK(publicKey)),
    "private jwk": JSON.stringify(await jose.exportJWK(privateKey)),
    pem: await jose.exportSPKI(publicKey),
    "private pem": await jose.exportPKCS8(privateKey),
  });
}
