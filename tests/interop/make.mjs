// Signs odd payloads with jose of npm, by every algorithm that it has: make.mjs FOLDER (which holds node_modules)
// Encrypts by every alg and enc that it has, and makes tokens in JSON form: make.mjs FOLDER --sealed
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

async function signed() {
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
}

const ENC = { "A128CBC-HS256": 256, "A192CBC-HS384": 384, "A256CBC-HS512": 512, A128GCM: 128, A192GCM: 192, A256GCM: 256 };
const CLAIMS = Buffer.from('{"iss":"https://issuer.example","sub":"Zo\u00eb","exp":4102444800}');
// Few, so that it is quick.
const ITERATIONS = 1000;

function out(what, form, alg, enc, token, payload, keys, signatures = 0) {
  const text = typeof token === "string" ? token : JSON.stringify(token);
  const line = { maker: "jose", version, what, form, alg, enc, token: text, payload: payload.toString("base64"), keys, signatures };
  console.log(JSON.stringify(line));
}

const file = async (key) => JSON.stringify(await jose.exportJWK(key));

// A shared key, as bytes and as the text of a key file.
function secret(bits) {
  const key = globalThis.crypto.getRandomValues(new Uint8Array(bits / 8));
  return { key, keys: [JSON.stringify({ kty: "oct", k: Buffer.from(key).toString("base64url") })] };
}

async function sealed() {
  const made = [];
  const rsa = await jose.generateKeyPair("RSA-OAEP-256", { extractable: true });
  const rsaKeys = [await file(rsa.privateKey)];
  for (const alg of ["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"]) {
    const key = await jose.importJWK({ ...(await jose.exportJWK(rsa.publicKey)) }, alg);
    made.push(...Object.keys(ENC).map((enc) => ({ alg, enc, key, keys: rsaKeys })));
  }
  for (const crv of ["P-256", "P-384", "P-521", "X25519"]) {
    const pair = await jose.generateKeyPair("ECDH-ES", { crv, extractable: true });
    const keys = [await file(pair.privateKey)];
    for (const alg of ["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"]) {
      made.push(...Object.keys(ENC).map((enc) => ({ alg, enc, key: pair.publicKey, keys })));
    }
  }
  for (const [enc, bits] of Object.entries(ENC)) {
    made.push({ alg: "dir", enc, ...secret(bits) });
    for (const size of [128, 192, 256]) {
      made.push({ alg: `A${size}KW`, enc, ...secret(size) }, { alg: `A${size}GCMKW`, enc, ...secret(size) });
    }
    for (const alg of ["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"]) {
      made.push({ alg, enc, ...secret(160) });
    }
  }
  for (const { alg, enc, key, keys } of made) {
    const parameters = alg.startsWith("PBES2") ? { p2c: ITERATIONS } : undefined;
    const encrypt = new jose.CompactEncrypt(CLAIMS).setProtectedHeader({ alg, enc, ...HEADER });
    if (parameters) encrypt.setKeyManagementParameters(parameters);
    out("jwe", "compact", alg, enc, await encrypt.encrypt(key), CLAIMS, keys);
    if (alg === "A256KW" || alg === "ECDH-ES+A128KW" || alg === "RSA-OAEP-384") {
      const flattened = new jose.FlattenedEncrypt(CLAIMS)
        .setProtectedHeader({ enc })
        .setSharedUnprotectedHeader({ cty: "x" })
        .setUnprotectedHeader({ alg })
        .setAdditionalAuthenticatedData(Buffer.from("beside"));
      out("jwe", "flattened", alg, enc, await flattened.encrypt(key), CLAIMS, keys);
    }
  }
  const recipients = made.filter(({ alg, enc }) => enc === "A256GCM" && ["A128KW", "ECDH-ES+A256KW", "RSA-OAEP"].includes(alg));
  const general = new jose.GeneralEncrypt(CLAIMS).setProtectedHeader({ enc: "A256GCM" });
  for (const { alg, key } of recipients) general.addRecipient(key).setUnprotectedHeader({ alg });
  const token = await general.encrypt();
  for (const { alg, keys } of recipients) out("jwe", "general", alg, "A256GCM", token, CLAIMS, keys);

  const signers = [];
  for (const alg of ["ES256", "PS512", "EdDSA"]) {
    const { privateKey } = await jose.generateKeyPair(alg, { extractable: true });
    signers.push({ alg, key: privateKey, keys: [await file(privateKey)] });
  }
  for (const payload of payloads) {
    const several = new jose.GeneralSign(payload);
    for (const { alg, key, keys } of signers) {
      several.addSignature(key).setProtectedHeader({ alg, ...HEADER }).setUnprotectedHeader({ kid: alg });
      const one = new jose.FlattenedSign(payload).setProtectedHeader({ alg }).setUnprotectedHeader({ kid: alg });
      out("jws", "flattened", alg, null, await one.sign(key), payload, keys, 1);
      const plain = { alg, b64: false, crit: ["b64"] };
      if (payload.every((byte) => byte >= 0x20 && byte < 0x7f) && payload.length > 0) {
        const unencoded = await new jose.FlattenedSign(payload).setProtectedHeader(plain).sign(key);
        out("jws", "flattened", alg, null, { ...unencoded, payload: payload.toString() }, payload, keys, 1);
      }
    }
    const keys = signers.flatMap(({ keys }) => keys);
    out("jws", "general", "several", null, await several.sign(), payload, keys, 3);
  }
}

await (process.argv.includes("--sealed") ? sealed() : signed());
