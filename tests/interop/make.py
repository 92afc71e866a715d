#!/usr/bin/env python3
"""Signs odd payloads with one library, by every algorithm that it has: make.py PyJWT|jwcrypto|Authlib|joserfc|latchset

Prints one JSON object a line: maker, version, alg, token, payload (base64 of the bytes that were signed), and keys, each a
form and the text of a key file with which the token must verify. Exit status 3: the library is not installed.

make.py MAKER --sealed: encrypts by every alg and enc that it has, and makes tokens in JSON form. Beside the above the lines have
what (jws or jwe), form (compact, flattened or general), enc, and signatures, the number of them. keys are texts of key files: one
with which a JWE opens, or one for each signature of a JWS.
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


WRAPS = ["A128KW", "A192KW", "A256KW"]
GCM_WRAPS = ["A128GCMKW", "A192GCMKW", "A256GCMKW"]
AGREEMENTS = ["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"]
PASSWORDS = ["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"]
ENC = {
    "A128CBC-HS256": 256,
    "A192CBC-HS384": 384,
    "A256CBC-HS512": 512,
    "A128GCM": 128,
    "A192GCM": 192,
    "A256GCM": 256,
}
CLAIMS = b'{"iss":"https://issuer.example","sub":"Zo\xc3\xab","exp":4102444800}'
# Few, so that it is quick.
ITERATIONS = 1000


def out(maker, version, what, form, alg, enc, token, payload, files, signatures=0):
    line = {"maker": maker, "version": version, "what": what, "form": form, "alg": alg, "enc": enc}
    line["token"] = token if isinstance(token, str) else json.dumps(token)
    line["payload"] = base64.b64encode(payload).decode()
    line["keys"] = files
    line["signatures"] = signatures
    print(json.dumps(line))


def ways(rsa, oct_of, agree, known):
    """Yields alg, enc, key and a label for every alg and enc, by every curve; keys are made once where they can be."""
    for alg in known:
        for enc, bits in ENC.items():
            if alg.startswith("RSA"):
                yield alg, enc, rsa
            elif alg == "dir":
                yield alg, enc, oct_of(bits)
            elif alg.startswith("ECDH"):
                for key in agree:
                    yield alg, enc, key
            elif alg.startswith("PBES2"):
                yield alg, enc, oct_of(160)
            else:
                yield alg, enc, oct_of(int(alg[1:4]))


def jwcrypto_sealed():
    from jwcrypto.jwa import JWA
    from jwcrypto.jwe import JWE, default_allowed_algs
    from jwcrypto.jwk import JWK
    from jwcrypto.jws import JWS

    maker, version = "jwcrypto", importlib.metadata.version("jwcrypto")
    rsa = JWK.generate(kty="RSA", size=2048)
    agree = [JWK.generate(kty="EC", crv=crv) for crv in ("P-256", "P-384", "P-521", "secp256k1")]
    agree += [JWK.generate(kty="OKP", crv=crv) for crv in ("X25519", "X448")]
    known = ["RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "dir", *WRAPS, *GCM_WRAPS, *AGREEMENTS, *PASSWORDS]
    allowed = [*default_allowed_algs, "RSA1_5"]
    for alg in PASSWORDS:
        JWA.keymgmt_alg(alg).default_iterations = ITERATIONS

    def seal(header, key, shared=None, own=None, aad=None):
        jwe = JWE(CLAIMS, protected=json.dumps(header), unprotected=shared, aad=aad, algs=allowed)
        jwe.add_recipient(key, header=own)
        return jwe

    def oct_of(bits):
        return JWK.generate(kty="oct", size=bits)

    for alg, enc, key in ways(rsa, oct_of, agree, known):
        header = {"alg": alg, "enc": enc, **HEADER}
        token = seal(header, key).serialize(compact=True)
        out(maker, version, "jwe", "compact", alg, enc, token, CLAIMS, [key.export()])
    for alg, key in [("A256KW", oct_of(256)), ("RSA-OAEP-256", rsa), ("ECDH-ES+A128KW", agree[0])]:
        for header, shared, own in [
            ({"alg": alg, "enc": "A128GCM"}, None, None),
            ({"enc": "A128GCM"}, json.dumps({"alg": alg, "cty": "x"}), None),
            ({"enc": "A256CBC-HS512", "zip": "DEF"}, None, json.dumps({"alg": alg, "kid": "k"})),
        ]:
            jwe = seal(header, key, shared, own, b"beside")
            flattened = jwe.serialize()
            out(maker, version, "jwe", "flattened", alg, header["enc"], flattened, CLAIMS, [key.export()])
    # Each recipient opens it.
    keys = [("A128KW", oct_of(128)), ("ECDH-ES+A256KW", agree[4]), ("RSA-OAEP", rsa)]
    jwe = JWE(CLAIMS, protected=json.dumps({"enc": "A128CBC-HS256"}), algs=allowed)
    for alg, key in keys:
        jwe.add_recipient(key, header=json.dumps({"alg": alg}))
    for alg, key in keys:
        token = jwe.serialize()
        out(maker, version, "jwe", "general", alg, "A128CBC-HS256", token, CLAIMS, [key.export()])

    signers = [("ES256", JWK.generate(kty="EC", crv="P-256")), ("RS256", rsa), ("HS512", oct_of(512))]
    for payload in payloads():
        several = JWS(payload)
        for alg, key in signers:
            several.add_signature(key, alg, json.dumps({"alg": alg, **HEADER}), json.dumps({"kid": alg}))
            one = JWS(payload)
            one.add_signature(key, alg, json.dumps({"alg": alg}), json.dumps({"kid": alg}))
            out(maker, version, "jws", "flattened", alg, None, one.serialize(), payload, [key.export()], 1)
        files = [key.export() for _, key in signers]
        out(maker, version, "jws", "general", "several", None, several.serialize(), payload, files, 3)


def authlib_sealed():
    from authlib.jose import ECKey, JsonWebEncryption, JsonWebSignature, OctKey, OKPKey, RSAKey

    maker, version = "Authlib", importlib.metadata.version("Authlib")
    rsa = RSAKey.generate_key(2048, is_private=True)
    agree = [ECKey.generate_key(crv, is_private=True) for crv in ("P-256", "P-384", "P-521", "secp256k1")]
    agree += [OKPKey.generate_key(crv, is_private=True) for crv in ("X25519", "X448")]
    known = ["RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "dir", *WRAPS, *GCM_WRAPS, *AGREEMENTS]
    known = [alg for alg in known if alg in JsonWebEncryption.ALG_REGISTRY]

    def oct_of(bits):
        return OctKey.generate_key(bits, is_private=True)

    for alg, enc, key in ways(rsa, oct_of, agree, known):
        header = {"alg": alg, "enc": enc, "typ": "JWT"}
        token = text(JsonWebEncryption([alg, enc]).serialize_compact(header, CLAIMS, key))
        out(maker, version, "jwe", "compact", alg, enc, token, CLAIMS, [key.as_json(is_private=True)])
    signers = [("ES384", ECKey.generate_key("P-384", is_private=True)), ("PS256", rsa), ("HS256", oct_of(256))]
    for payload in payloads():
        for alg, key in signers:
            header = {"protected": {"alg": alg}, "header": {"kid": alg}}
            token = JsonWebSignature([alg]).serialize_json(header, payload, key)
            out(maker, version, "jws", "flattened", alg, None, token, payload, [key.as_json(is_private=True)], 1)


def joserfc_sealed():
    from joserfc import jwe, jws
    from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

    maker, version = "joserfc", importlib.metadata.version("joserfc")
    rsa = RSAKey.generate_key(2048)
    agree = [ECKey.generate_key(crv) for crv in ("P-256", "P-384", "P-521", "secp256k1")]
    agree += [OKPKey.generate_key(crv) for crv in ("X25519", "X448")]
    known = list(jwe.JWERegistry.algorithms["alg"])
    every = [*known, *ENC, "DEF"]

    def file(key):
        return json.dumps(key.as_dict(private=True))

    for alg, enc, key in ways(rsa, OctKey.generate_key, agree, known):
        header = {"alg": alg, "enc": enc, "typ": "JWT"}
        if alg in PASSWORDS:
            header["p2c"] = ITERATIONS
        token = jwe.encrypt_compact(header, CLAIMS, key, algorithms=every)
        out(maker, version, "jwe", "compact", alg, enc, token, CLAIMS, [file(key)])
        if alg in WRAPS or alg.startswith("RSA"):
            flattened = jwe.FlattenedJSONEncryption({"enc": enc}, CLAIMS, {"cty": "x"}, aad=b"beside")
            flattened.add_recipient({"alg": alg}, key)
            token = jwe.encrypt_json(flattened, None, algorithms=every)
            out(maker, version, "jwe", "flattened", alg, enc, token, CLAIMS, [file(key)])
    recipients = [("A128KW", OctKey.generate_key(128)), ("ECDH-ES+A256KW", agree[1]), ("RSA-OAEP-256", rsa)]
    general = jwe.GeneralJSONEncryption({"enc": "A256GCM"}, CLAIMS)
    for alg, key in recipients:
        general.add_recipient({"alg": alg}, key)
    token = jwe.encrypt_json(general, None, algorithms=every)
    for alg, key in recipients:
        out(maker, version, "jwe", "general", alg, "A256GCM", token, CLAIMS, [file(key)])
    signers = [("ES512", ECKey.generate_key("P-521")), ("RS384", rsa), ("HS384", OctKey.generate_key(384))]
    for payload in payloads():
        for alg, key in signers:
            member = {"protected": {"alg": alg}, "header": {"kid": alg}}
            for form, members in [("flattened", member), ("general", [member])]:
                token = jws.serialize_json(members, payload, key, algorithms=[alg])
                out(maker, version, "jws", form, alg, None, token, payload, [file(key)], 1)


MAKERS = {
    "PyJWT": pyjwt,
    "jwcrypto": jwcrypto,
    "Authlib": authlib,
    "joserfc": joserfc,
    "latchset": latchset,
}

SEALED = {"jwcrypto": jwcrypto_sealed, "Authlib": authlib_sealed, "joserfc": joserfc_sealed}

if __name__ == "__main__":
    try:
        (SEALED if "--sealed" in sys.argv else MAKERS)[sys.argv[1]]()
    except ImportError as error:
        print(error, file=sys.stderr)
        sys.exit(3)
