// Opens with jose of npm what private keys are kept as: kept.mjs FOLDER (which holds node_modules)
//
// Reads {"open": JWE, "passphrase": text} from standard input, one a line, and prints the header and the keys that it can use.
// Exit status 3: jose is not installed.

import { createRequire } from "node:module";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(resolve(process.argv[2]) + "/"));
let jose;
try {
  jose = await import(pathToFileURL(require.resolve("jose")));
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  console.error(error.message);
  process.exit(3);
}

// By default it opens up to 10000.
const options = { maxPBES2Count: 1_000_000, keyManagementAlgorithms: ["PBES2-HS256+A128KW"] };
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const passphrase = new TextEncoder().encode(request.passphrase);
  const { plaintext, protectedHeader } = await jose.compactDecrypt(request.open.trim(), passphrase, options);
  const { keys } = JSON.parse(new TextDecoder().decode(plaintext));
  const used = [];
  for (const jwk of keys) {
    const thumbprint = await jose.calculateJwkThumbprint(jwk);
    let type = null;
    if (jwk.alg) type = (await jose.importJWK(jwk)).type ?? "bytes";
    used.push({ kid: jwk.kid, thumbprint, type });
  }
  console.log(JSON.stringify({ header: protectedHeader, keys: used }));
}
