// What jose (npm) says of tokens: one JSON object a line in, {token, key, alg}, and one a line out, the words.
//
//   node peer.mjs FOLDER-WITH-node_modules
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createInterface } from 'node:readline';

const folder = createRequire(pathToFileURL(`${process.argv[2]}/package.json`));
const jose = await import(pathToFileURL(folder.resolve('jose')).href);

async function say({ token, key, alg }) {
  const imported = await jose.importJWK(key, alg);
  if (token.startsWith('{')) {
    const object = JSON.parse(token);
    const verify = object.signatures ? jose.generalVerify : jose.flattenedVerify;
    await verify(object, imported);
    return 'accepts';
  }
  if (token.split('.').length === 5) {
    await jose.jwtDecrypt(token, imported);
    return 'accepts';
  }
  await jose.jwtVerify(token, imported);
  return 'accepts';
}

for await (const line of createInterface({ input: process.stdin })) {
  let words;
  try {
    words = await say(JSON.parse(line));
  } catch (error) {
    words = `refuses: ${error.code ?? error.name}: ${error.message}`;
  }
  console.log(JSON.stringify(words));
}
