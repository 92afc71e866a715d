#!/usr/bin/env python3
"""Prints what each of several programs says of the same tokens, as Markdown: compare.py TOKENLOUPE FOLDER-OF-NODE-MODULES

Each is asked as its documentation says: one call that verifies with the receiver's key, and that takes the algorithms of that key.
"""

import base64
import importlib.metadata
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import jwt
from jwcrypto import jwe as jwcrypto_jwe
from jwcrypto import jwk as jwcrypto_jwk
from jwcrypto import jws as jwcrypto_jws
from jwcrypto import jwt as jwcrypto_jwt

from tokens import Keys, all_cases

ALGORITHMS = {
    "RSA": ["RS256", "PS256"],
    "EC": ["ES256"],
    "OKP": ["EdDSA", "Ed25519"],
    "oct": ["HS256"],
}


def first_key(case, keys):
    """What a library is given: it takes one key."""
    return keys.jwks[case.key.split("+")[0]]


def own_alg(case, key):
    """The algorithm that the receiver expects: that of the token, where its key is for that."""
    header = case.text.removeprefix("Bearer ").split(".")[0]
    try:
        alg = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["alg"]
    except (ValueError, KeyError):
        alg = None
    known = ALGORITHMS[key["kty"]]
    return alg if alg in known else known[0]


def by_pyjwt(case, key):
    known = [alg for alg in ALGORITHMS[key["kty"]] if alg in jwt.algorithms.get_default_algorithms()]
    jwt.decode(case.text, jwt.PyJWK(key, known[0]).key, algorithms=known, options={"verify_aud": False})
    return "accepts"


def by_jwcrypto(case, key):
    key = jwcrypto_jwk.JWK(**key)
    if case.text.startswith("{"):
        token = jwcrypto_jws.JWS()
        token.deserialize(case.text)
        token.verify(key)
        return "accepts"
    if case.text.count(".") == 4:
        token = jwcrypto_jwe.JWE()
        token.deserialize(case.text, key)
        return "accepts"
    jwcrypto_jwt.JWT(jwt=case.text, key=key)
    return "accepts"


def told(call, case, key):
    try:
        return call(case, key)
    except Exception as error:  # noqa: BLE001, any of them is an answer
        return f"refuses: {type(error).__name__}: {error}"


def by_jose(cases, keys, modules):
    def line(case):
        key = first_key(case, keys)
        return json.dumps({"token": case.text, "key": key, "alg": own_alg(case, key)})

    lines = "\n".join(line(case) for case in cases)
    script = pathlib.Path(__file__).with_name("peer.mjs")
    run = subprocess.run(["node", script, modules], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def by_tokenloupe(program, case, keys, folder):
    options = []
    for name in case.key.split("+"):
        key_file = folder / f"{name}.jwk"
        key_file.write_text(json.dumps(keys.jwks[name]))
        options += ["--key", key_file]
    token_file = folder / "token"
    token_file.write_text(case.text)
    command = [program, "inspect", token_file, *options, "--format", "json"]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode == 2:
        return f"refuses: {run.stderr.splitlines()[0]}"
    token = json.loads(run.stdout)["tokens"][0]
    words = [token["verdict"]["outcome"]]
    words += [", ".join(token["verdict"]["reasons"])] if token["verdict"]["reasons"] else []
    rules = [finding["rule"] for finding in token["findings"] if finding["severity"] != "info"]
    words += [f"finds {', '.join(dict.fromkeys(rules))}"] if rules else []
    repairs = sorted({repair for source in token["sources"] for repair in source["repairs"]})
    words += [f"repaired: {', '.join(repairs)}"] if repairs else []
    return "; ".join(words)


def cell(words):
    words = " ".join(words.split()).replace("|", "\\|").replace("<", "&lt;")
    words = "".join(character if character.isprintable() else "\ufffd" for character in words)
    return words if len(words) <= 110 else f"{words[:109]}…"


def main():
    # A short key is warned of on standard error, and taken.
    warnings.simplefilter("ignore")
    program, modules = sys.argv[1:3]
    keys = Keys()
    cases = all_cases(keys)
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    package = json.loads((pathlib.Path(modules) / "node_modules/jose/package.json").read_text())
    names = [
        f"Tokenloupe {version}",
        f"PyJWT {importlib.metadata.version('PyJWT')}",
        f"jwcrypto {importlib.metadata.version('jwcrypto')}",
        f"jose {package['version']} (npm)",
    ]
    jose = by_jose(cases, keys, modules)
    print("# The same tokens, shown to others\n")
    print(f"{len(cases)} tokens, each with the key that its receiver holds. `docs/comparison/run` makes them anew and writes this page; `tokens.py` says how each is made.")
    print("The others are libraries: they answer a program, and are asked in one call that verifies. So where they accept, or refuse with the wrong reason,")
    print("what counts is what a reviewer would learn from it. Findings of severity info are left out.\n")
    print(f"| token | what is right | {' | '.join(names)} |")
    print(f"|{'---|' * (len(names) + 2)}")
    with tempfile.TemporaryDirectory() as folder:
        for case, jose_says in zip(cases, jose, strict=True):
            key = first_key(case, keys)
            says = [
                by_tokenloupe(program, case, keys, pathlib.Path(folder)),
                told(by_pyjwt, case, key),
                told(by_jwcrypto, case, key),
                jose_says,
            ]
            print(f"| {case.name} | {case.right} | {' | '.join(cell(words) for words in says)} |")


if __name__ == "__main__":
    main()
