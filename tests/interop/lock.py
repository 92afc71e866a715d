#!/usr/bin/env python3
"""Encrypts key files with jwcrypto. Reads JSON objects from standard input, one a line: plaintext, header (protected), key (a JWK)
and form (compact, flattened or general); prints a token for each. Exit status 3: jwcrypto is not installed.
"""

import json
import sys

try:
    from jwcrypto import jwa
    from jwcrypto.jwe import JWE, default_allowed_algs
    from jwcrypto.jwk import JWK
except ImportError:
    sys.exit(3)

# `step` asks for 600 000, jwcrypto stops far below unless told otherwise.
jwa.default_max_pbkdf2_iterations = 1_000_000

for line in sys.stdin:
    wanted = json.loads(line)
    key = JWK(**wanted["key"])
    # The general form is the one of several recipients.
    keys = [JWK.generate(kty="oct", size=key.get("k") and 256), key] if wanted["form"] == "general" else [key]
    header = dict(wanted["header"])
    own = None
    if wanted["form"] == "general":
        own = {"alg": header.pop("alg")}
    jwe = JWE(wanted["plaintext"].encode(), protected=json.dumps(header), algs=default_allowed_algs)
    for recipient in keys:
        jwe.add_recipient(recipient, header=json.dumps(own) if own else None)
    print(jwe.serialize(compact=wanted["form"] == "compact").replace("\n", " "), flush=True)
