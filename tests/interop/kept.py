#!/usr/bin/env python3
"""Opens, reads and writes with jwcrypto what keys are kept and exported as.

Reads requests from standard input, one JSON object a line, and prints an answer to each:
{"open": JWE, "passphrase": text}: the keys of an encrypted JWK Set
{"read": text}: the key that a JWK or PEM is
{"seal": text, "passphrase": text, "alg", "enc", "form": compact|flattened|general, "zip": bool}: the JWE of a text
Exit status 3: the library is not installed.
"""

import json
import sys


def told(key):
    jwk = json.loads(key.export())
    # A secret has no thumbprint that anybody is told.
    return {"kid": jwk.get("kid"), "thumbprint": key.thumbprint(), "private": key.has_private, "k": jwk.get("k")}


def answer(request):
    from jwcrypto.jwe import JWE
    from jwcrypto.jwk import JWK, JWKSet

    if "open" in request:
        jwe = JWE()
        jwe.deserialize(request["open"].strip())
        jwe.decrypt(JWK.from_password(request["passphrase"]))
        header = jwe.jose_header
        keys = [told(key) for key in JWKSet.from_json(jwe.payload.decode())["keys"]]
        return {"header": header, "keys": sorted(keys, key=lambda key: json.dumps(key))}
    if "read" in request:
        text = request["read"]
        return told(JWK.from_json(text) if text.startswith("{") else JWK.from_pem(text.encode()))
    header = {"enc": request["enc"], "cty": "jwk-set+json"}
    if request["zip"]:
        header["zip"] = "DEF"
    alg = {"alg": request["alg"]}
    is_general = request["form"] == "general"
    protected = header if is_general else {**header, **alg}
    jwe = JWE(request["seal"].encode(), protected=json.dumps(protected))
    key = JWK.from_password(request["passphrase"])
    jwe.add_recipient(key, header=json.dumps(alg) if is_general else None)
    if is_general:
        # Another reader, who has another passphrase, in the same token.
        jwe.add_recipient(JWK.from_password("somebody else's"), header=json.dumps(alg))
    return {"token": jwe.serialize(compact=request["form"] == "compact")}


def main():
    try:
        import jwcrypto.jwa
    except ImportError as error:
        print(error, file=sys.stderr)
        sys.exit(3)
    # By default it opens up to 16384.
    jwcrypto.jwa.default_max_pbkdf2_iterations = 1_000_000
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))))


main()
