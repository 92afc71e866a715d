#!/usr/bin/env python3
"""Writes one key in the forms of jwcrypto and cryptography, and a token for it: plain.py PRIVATE.pem ALG

Prints one JSON object: public and private (JWKs), ssh (a line of OpenSSH, or null for a kind that it has not), and token: a JWS by
ALG, or a JWE where ALG is ECDH-ES. Exit status 3: the libraries are not installed.
"""

import json
import sys

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_pem_private_key,
    )
    from jwcrypto.common import base64url_encode
    from jwcrypto.jwe import JWE
    from jwcrypto.jwk import JWK, InvalidJWKValue
    from jwcrypto.jws import JWS
except ImportError:
    sys.exit(3)

PAYLOAD = b'{"sub":"interop"}'


def main(path, alg):
    with open(path, "rb") as file:
        pem = file.read()
    private = load_pem_private_key(pem, None)
    try:
        key = JWK.from_pem(pem)
    except InvalidJWKValue:
        # X448, which it takes as a JWK only.
        x = private.public_key().public_bytes_raw()
        d = private.private_bytes_raw()
        key = JWK(kty="OKP", crv="X448", x=base64url_encode(x), d=base64url_encode(d))
    if alg == "ECDH-ES":
        protected = {"alg": alg, "enc": "A128GCM"}
        token = JWE(PAYLOAD, recipient=key, protected=json.dumps(protected))
    else:
        token = JWS(PAYLOAD)
        token.allowed_algs = [alg]
        token.add_signature(key, alg, json.dumps({"alg": alg}))
    try:
        public = private.public_key()
        ssh = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    except (UnsupportedAlgorithm, ValueError):
        ssh = None
    forms = {"public": key.export_public(), "private": key.export_private(), "ssh": ssh}
    print(json.dumps({**forms, "token": token.serialize(compact=True)}))


main(*sys.argv[1:])
