#!/usr/bin/env python3
"""Signs odd payloads with one library, by every algorithm that it has: make.py PyJWT|jwcrypto|Authlib|joserfc|latchset

Prints one JSON object a line: maker, version, alg, token, payload (base64 of the bytes that were signed), and keys, each a
form and the text of a key file with which the token must verify. Exit status 3: the library is not installed.
"""

import base64
import importlib.metadata
import json
import pathlib
import shutil
import subprocess
import sys

HMAC = {"HS256": 256, "HS384": 384, "HS512": 512}
RSA = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
EC = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
EC_AND_KOBLITZ = {**EC, "ES256K": "secp256k1"}
# Beside the registered typ, members that no library knows.
HEADER = {"typ": "JWT", "x-\u00fc": {"a": [1, None, "\u2603"]}}


def payloads():
    for entry in json.loads(pathlib.Path(__file__).with_name("payloads.json").read_text("utf-8")):
        yield entry["text"].encode() if "text" in entry else base64.b64decode(entry["base64"])


def emit(maker, version, alg, sign, keys):
    for payload in payloads():
        token = sign(payload)
        token = token.decode() if isinstance(token, bytes) else token
        line = {"maker": maker, "version": version, "alg": alg, "token": token}
        line["payload"] = base64.b64encode(payload).decode()
        line["keys"] = [{"form": form, "text": text} for form, text in keys.items()]
        print(json.dumps(line))


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def pyjwt():
    import secrets

    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
    from jwt.algorithms import get_default_algorithms
    from jwt.api_jws import PyJWS

    version = importlib.metadata.version("PyJWT")
    algorithms = get_default_algorithms()

    def signer(alg, key):
        return lambda payload: PyJWS().encode(payload, key, alg, headers=HEADER)

    for alg, bits in HMAC.items():
        key = secrets.token_bytes(bits // 8)
        emit("PyJWT", version, alg, signer(alg, key), {"jwk": algorithms[alg].to_jwk(key)})

    curves = {
        "ES256": ec.SECP256R1(),
        "ES384": ec.SECP384R1(),
        "ES512": ec.SECP521R1(),
        "ES256K": ec.SECP256K1(),
    }
    rsa_key = rsa.generate_private_key(65537, 2048)
    pairs = [(alg, rsa_key) for alg in RSA]
    pairs += [(alg, ec.generate_private_key(curve)) for alg, curve in curves.items()]
    pairs += [("EdDSA", kind.generate()) for kind in (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)]
    for alg, key in pairs:
        public = key.public_key()
        forms = {
            "jwk": algorithms[alg].to_jwk(public),
            "private jwk": algorithms[alg].to_jwk(key),
            "pem": text(
                public.public_bytes(
                    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
                )
            ),
            "private pem": text(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            ),
        }
        if alg.startswith(("ES", "RS")):
            forms["traditional pem"] = text(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.TraditionalOpenSSL,
                    serialization.NoEncryption(),
                )
            )
        emit("PyJWT", version, alg, signer(alg, key), forms)


def jwcrypto():
    from jwcrypto.jwk import JWK
    from jwcrypto.jws import JWS

    version = importlib.metadata.version("jwcrypto")

    def signer(alg, key):
        def sign(payload):
            jws = JWS(payload)
            jws.allowed_algs = [alg]
            jws.add_signature(key, alg, json.dumps({"alg": alg, **HEADER}))
            return jws.serialize(compact=True)

        return sign

    for alg, bits in HMAC.items():
        key = JWK.generate(kty="oct", size=bits)
        emit("jwcrypto", version, alg, signer(alg, key), {"jwk": key.export()})
    rsa = JWK.generate(kty="RSA", size=2048)
    pairs = [(alg, rsa) for alg in RSA]
    pairs += [(alg, JWK.generate(kty="EC", crv=crv)) for alg, crv in EC_AND_KOBLITZ.items()]
    okp = {crv: JWK.generate(kty="OKP", crv=crv) for crv in ("Ed25519", "Ed448")}
    pairs += [("EdDSA", key) for key in okp.values()] + list(okp.items())
    for alg, key in pairs:
        forms = {
            "jwk": key.export_public(),
            "private jwk": key.export_private(),
            "pem": text(key.export_to_pem()),
            "private pem": text(key.export_to_pem(private_key=True, password=None)),
        }
        emit("jwcrypto", version, alg, signer(alg, key), forms)


def authlib():
    from authlib.jose import ECKey, JsonWebSignature, OctKey, OKPKey, RSAKey

    version = importlib.metadata.version("Authlib")

    def signer(alg, key):
        jws = JsonWebSignature([alg])
        # It refuses header names that it was not told of.
        header = {"alg": alg, "typ": "JWT"}
        return lambda payload: jws.serialize_compact(header, payload, key)

    for alg, bits in HMAC.items():
        key = OctKey.generate_key(bits, is_private=True)
        emit("Authlib", version, alg, signer(alg, key), {"jwk": key.as_json(is_private=True)})
    rsa = RSAKey.generate_key(2048, is_private=True)
    pairs = [(alg, rsa) for alg in RSA]
    pairs += [(alg, ECKey.generate_key(crv, is_private=True)) for alg, crv in EC_AND_KOBLITZ.items()]
    pairs += [("EdDSA", OKPKey.generate_key(crv, is_private=True)) for crv in ("Ed25519", "Ed448")]
    for alg, key in pairs:
        forms = {
            "jwk": key.as_json(is_private=False),
            "private jwk": key.as_json(is_private=True),
            "pem": text(key.as_pem(is_private=False)),
            "private pem": text(key.as_pem(is_private=True)),
        }
        emit("Authlib", version, alg, signer(alg, key), forms)


def joserfc():
    from joserfc import jws
    from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

    version = importlib.metadata.version("joserfc")

    def signer(alg, key):
        header = {"alg": alg, "typ": "JWT"}
        return lambda payload: jws.serialize_compact(header, payload, key, algorithms=[alg])

    for alg, bits in HMAC.items():
        key = OctKey.generate_key(bits)
        forms = {"jwk": json.dumps(key.as_dict(private=True))}
        emit("joserfc", version, alg, signer(alg, key), forms)
    rsa = RSAKey.generate_key(2048)
    pairs = [(alg, rsa) for alg in RSA]
    pairs += [(alg, ECKey.generate_key(crv)) for alg, crv in EC_AND_KOBLITZ.items()]
    okp = {crv: OKPKey.generate_key(crv) for crv in ("Ed25519", "Ed448")}
    pairs += [("EdDSA", key) for key in okp.values()] + list(okp.items())
    for alg, key in pairs:
        forms = {
            "jwk": json.dumps(key.as_dict(private=False)),
            "private jwk": json.dumps(key.as_dict(private=True)),
            "pem": text(key.as_pem(private=False)),
            "private pem": text(key.as_pem(private=True)),
        }
        emit("joserfc", version, alg, signer(alg, key), forms)


def latchset():
    """José of latchset, the `jose` of Debian: a program in C."""
    if shutil.which("jose") is None:
        raise ImportError("jose")

    def jose(*arguments, stdin=None):
        command = ["jose", *arguments]
        return subprocess.run(command, input=stdin, check=True, capture_output=True).stdout

    known = set(jose("alg", "-k", "sign").decode().split())
    package = ["dpkg-query", "--show", "--showformat", "${Version}", "jose"]
    version = subprocess.run(package, check=True, capture_output=True, text=True).stdout

    def signer(alg, key):
        template = json.dumps({"protected": {"alg": alg, **HEADER}})

        def sign(payload):
            # The payload is read from standard input, the key from a descriptor of its own.
            shell = 'exec jose jws sig -I- -c -s "$1" -k <(printf %s "$2")'
            command = ["bash", "-c", shell, "sign", template, key]
            return subprocess.run(command, input=payload, check=True, capture_output=True).stdout

        return sign

    for alg in [*HMAC, *RSA, *EC_AND_KOBLITZ]:
        if alg not in known:
            continue
        key = text(jose("jwk", "gen", "-i", json.dumps({"alg": alg})))
        forms = {"private jwk": key}
        if alg not in HMAC:
            forms["jwk"] = text(jose("jwk", "pub", "-i-", stdin=key.encode()))
        emit("latchset", version, alg, signer(alg, key), forms)


MAKERS = {
    "PyJWT": pyjwt,
    "jwcrypto": jwcrypto,
    "Authlib": authlib,
    "joserfc": joserfc,
    "latchset": latchset,
}

if __name__ == "__main__":
    try:
        MAKERS[sys.argv[1]]()
    except ImportError as error:
        print(error, file=sys.stderr)
        sys.exit(3)
