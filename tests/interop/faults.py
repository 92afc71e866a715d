#!/usr/bin/env python3
"""Makes the faults that a diagnosis explains, each with another implementation: faults.py

Prints one JSON object a line: code (of the diagnosis), maker (the library), token, keys (files: name and text), secret (a key that
is plain text, null where there is none), passphrase, and says: what the reviewer's sentence must hold, and advises: what the
developer's must; verdict: what the verdict's explanation must hold. Exit status 3: a library is not installed.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import zlib

try:
    import jwt
    from authlib.jose import JsonWebEncryption, JsonWebSignature, OctKey
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, keywrap, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
    from joserfc import jwe as joserfc_jwe
    from joserfc import jws as joserfc_jws
    from joserfc.jwk import ECKey, RSAKey
    from joserfc.jwk import OctKey as JoserfcOct
    from jwcrypto.jwe import JWE
    from jwcrypto.jwk import JWK
    from jwcrypto.jws import JWS
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)

CLAIMS = {"iss": "https://issuer.example", "sub": "42", "exp": 4102444800}
PAYLOAD = json.dumps(CLAIMS).encode()


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unurl64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def out(code, maker, token, keys=(), secret=None, passphrase=None, says=(), advises=(), verdict=()):
    line = {"code": code, "maker": maker, "token": token, "secret": secret, "passphrase": passphrase}
    line["keys"] = [{"name": name, "text": text} for name, text in keys]
    line["says"], line["advises"], line["verdict"] = list(says), list(advises), list(verdict)
    print(json.dumps(line))


def signing_input(header):
    return f"{url64(json.dumps(header).encode())}.{url64(PAYLOAD)}"


def jwk(kty="RSA", kid=None, **more):
    more = {"size": 2048, **more} if kty == "RSA" else more
    return JWK.generate(kty=kty, **({"kid": kid} if kid else {}), **more)


def public(key, **members):
    return json.dumps({**json.loads(key.export_public()), **members})


def private(key, **members):
    return json.dumps({**json.loads(key.export()), **members})


def pem(key):
    return key.export_to_pem(private_key=True, password=None).decode()


def signed(key, alg, **header):
    return jwt.encode(CLAIMS, pem(key), algorithm=alg, headers=header)


RSA = jwk(kid="first")
OTHER = jwk(kid="second")
EC = jwk("EC", "curve", crv="P-256")


def choice():
    """The key that the header names."""
    token = signed(RSA, "RS256", kid="second")
    keys = [("jwks.json", json.dumps({"keys": [json.loads(public(RSA)), json.loads(public(OTHER))]}))]
    out("other-key-verifies", "PyJWT", token, keys, says=["second", "first"], advises=["kid"])
    far = signed(RSA, "RS256", kid="tomorrow-2027")
    out(
        "kid-unknown", "PyJWT", far, [("a.jwk", public(OTHER, kid="tomorrow-1984"))],
        says=["tomorrow-2027", "closest is", "tomorrow-1984"], advises=["before tokens are signed"],
    )
    for kid, own, words in [
        ("KEY-2026", "key-2026", "capital letters"),
        ("key-2026-09", "key-2026-08", "1 character"),
        (url64(b"key-2026"), "key-2026", "another spelling"),
        (b"key-2026".hex(), "key-2026", "another spelling"),
        (RSA.thumbprint(), "key-2026", "thumbprint (RFC 7638)"),
        (unurl64(RSA.thumbprint()).hex(), "key-2026", "thumbprint (RFC 7638)"),
    ]:
        token = signed(OTHER, "RS256", kid=kid)
        out("kid-near-miss", "PyJWT", token, [("a.jwk", public(RSA, kid=own))], says=[kid, words], advises=["byte for byte"])
    broken = json.loads(public(EC, kid="first"))
    broken["y"] = broken["x"]
    out("key-unusable", "PyJWT", signed(RSA, "RS256", kid="first"), [("jwks.json", json.dumps({"keys": [broken, json.loads(public(OTHER))]}))], says=["first", "cannot be used"], advises=["Publish the key again"])
    other_curve = jwk("EC", "curve", crv="P-384")
    out(
        "alg-key-mismatch", "PyJWT", signed(EC, "ES256", kid="curve"), [("a.jwk", public(other_curve))],
        says=["ES256 needs an EC key on P-256", "curve", "P-384", "ES384"], advises=["alg and kid"],
    )
    agreeing = jwk("OKP", "ed", crv="X25519")
    token = jwt.encode(CLAIMS, pem(jwk("OKP", crv="Ed25519")), algorithm="EdDSA", headers={"kid": "ed"})
    out("alg-key-mismatch", "PyJWT", token, [("a.jwk", public(agreeing))], says=["EdDSA", "X25519", "no signature"], advises=["alg and kid"])
    out("alg-key-mismatch", "PyJWT", signed(RSA, "RS256"), [("a.jwk", public(EC))], says=["RS256 needs an RSA key", "EC key on P-256", "curve"], advises=["one setting"])
    out("alg-key-mismatch", "PyJWT", signed(OTHER, "RS256", kid="first"), [("a.jwk", public(RSA, alg="PS256"))], says=["RS256", "PS256", "first"], advises=["PS256"])
    out("key-use-conflict", "PyJWT", signed(OTHER, "RS256", kid="first"), [("a.jwk", public(RSA, use="enc"))], says=["first", "its use is enc"], advises=["use sig"])
    out("key-use-conflict", "PyJWT", signed(OTHER, "RS256", kid="first"), [("a.jwk", public(RSA, key_ops=["encrypt", "wrapKey"]))], says=["first", "key_ops are encrypt, wrapKey"], advises=["use sig"])
    shared = jwk("oct", "wrap", size=256)
    jwe = seal({"alg": "A256KW", "enc": "A128GCM", "kid": "wrap"}, jwk("oct", size=256))
    out("key-use-conflict", "jwcrypto", jwe, [("a.jwk", private(shared, use="sig"))], says=["wrap", "its use is sig"], advises=["use enc"])


def signatures():
    """The bytes of a signature, and what was signed."""
    token = signed(RSA, "RS256")
    head, payload, signature = token.split(".")
    out("sibling-alg-verifies", "cryptography", resigned(RSA, {"alg": "RS256"}, "PS256"), [("a.jwk", public(RSA))], says=["RS256", "PS256"], advises=["alg"])
    key = ec.generate_private_key(ec.SECP256R1())
    spki = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    message = signing_input({"alg": "ES256"})
    der = key.sign(message.encode(), ec.ECDSA(hashes.SHA256()))
    out("signature-is-der", "cryptography", f"{message}.{url64(der)}", [("a.pem", spki)], says=["DER", "R and S"], advises=["P1363"])
    mac = unurl64(jwt.encode(CLAIMS, SECRET, algorithm="HS256").split(".")[2])
    shared = jwt.encode(CLAIMS, SECRET, algorithm="HS256")
    cut = shared.rsplit(".", 1)[0] + "." + url64(mac[:16])
    out("signature-cut", "PyJWT", cut, secret=SECRET, says=["16 bytes", "32"], advises=["whole MAC"])
    out("signature-padded", "PyJWT", shared.rsplit(".", 1)[0] + "." + url64(mac + b"\n"), secret=SECRET, says=["1 byte too many", "behind it"], advises=["line break"])
    changed = url64(PAYLOAD.replace(b'"42"', b'"1"'))
    out("rsa-content-changed", "PyJWT", f"{head}.{changed}.{signature}", [("a.jwk", public(RSA))], says=["first", "other content"], advises=["byte for byte"])
    out("rsa-other-key", "PyJWT", token, [("a.jwk", public(OTHER))], says=["second", "did not make"], advises=["key that signs"])


def resigned(key, header, by):
    """Signed by one algorithm under a header that names another."""
    message = signing_input(header)
    own = serialization.load_pem_private_key(pem(key).encode(), None)
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    signature = own.sign(message.encode(), pss if by == "PS256" else padding.PKCS1v15(), hashes.SHA256())
    return f"{message}.{url64(signature)}"


SECRET = "Zk3vQm9xTb2LwYc7RsNd4HgJ8pKf5aVu6eXi1oEWqQo="
HEX = "9c41d07e33a815fb620dc9845aee279013b648f17d02ac69d53e8b54c01f76e2"


def secrets():
    """Secrets that both sides read differently."""
    out("secret-was-base64", "PyJWT", jwt.encode(CLAIMS, base64.b64decode(SECRET), algorithm="HS256"), secret=SECRET, says=["as base64"], advises=["decode it on both sides"])
    # 32 bytes whose text is base64url and not base64.
    text = url64(b"\xfb\xff" + bytes(range(30)))
    out("secret-was-base64url", "PyJWT", jwt.encode(CLAIMS, unurl64(text), algorithm="HS256"), secret=text, says=["as base64url"], advises=["both sides"])
    out("secret-was-hex", "PyJWT", jwt.encode(CLAIMS, bytes.fromhex(HEX), algorithm="HS256"), secret=HEX, says=["hexadecimal"], advises=["both sides"])
    oct_file = json.dumps({"kty": "oct", "k": SECRET.rstrip("=")})
    out("secret-was-text", "PyJWT", jwt.encode(CLAIMS, SECRET.rstrip("="), algorithm="HS256"), [("a.jwk", oct_file)], says=["text itself"], advises=["agree on one"])
    out("secret-line-break", "PyJWT", jwt.encode(CLAIMS, SECRET + "\n", algorithm="HS256"), secret=SECRET, says=["line break"], advises=["take it away on both"])
    # The same of what is encrypted.
    for code, bytes_of, text in [
        ("secret-was-base64", base64.b64decode, SECRET),
        ("secret-was-hex", bytes.fromhex, HEX),
    ]:
        key = bytes_of(text)[:32]
        text = base64.b64encode(key).decode() if code == "secret-was-base64" else text
        token = JsonWebEncryption().serialize_compact({"alg": "dir", "enc": "A256GCM"}, PAYLOAD, OctKey.import_key(key)).decode()
        out(code, "Authlib", token, secret=text, says=["opens it", "read as"], advises=["sender decodes"])
    text = "0123456789abcdefghijklmnopqrstuv"
    token = JsonWebEncryption().serialize_compact({"alg": "A256KW", "enc": "A128CBC-HS256"}, PAYLOAD, OctKey.import_key(text)).decode()
    oct_file = json.dumps({"kty": "oct", "k": text})
    out("secret-was-text", "Authlib", token, [("a.jwk", oct_file)], says=["opens it", "text itself"], advises=["agree on one"])
    header = {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 1000}
    password = JoserfcOct.import_key("correct horse battery staple\n")
    token = joserfc_jwe.encrypt_compact(header, PAYLOAD, password, algorithms=list(joserfc_jwe.JWERegistry.algorithms["alg"]) + ["A128GCM"])
    out("secret-line-break", "joserfc", token, passphrase="correct horse battery staple", says=["opens it", "line break"], advises=["take it away on both"])
    out("passphrase-wrong", "joserfc", token, passphrase="another", says=["Password", "does not unwrap"], advises=["line break"])


def seal(header, key, payload=PAYLOAD, aad=None, compact=True):
    algs = [header["alg"], header["enc"], "DEF"]
    jwe = JWE(payload, protected=json.dumps(header), aad=aad, algs=algs)
    jwe.add_recipient(key)
    return jwe.serialize(compact=compact)


def sealed():
    """What is encrypted."""
    rsa_key = jwk(kid="recipient")
    file = [("a.jwk", private(rsa_key))]
    out("other-key-opens", "jwcrypto", seal({"alg": "RSA-OAEP", "enc": "A128GCM", "kid": "gone"}, rsa_key), file, says=["gone", "recipient", "opens it"], advises=["kid"])
    out("key-unwrap-failed", "jwcrypto", seal({"alg": "RSA-OAEP", "enc": "A128GCM"}, jwk()), file, says=["recipient", "does not unwrap", "256 bytes"], advises=["recipient"])
    out("key-unwrap-failed", "jwcrypto", seal({"alg": "RSA-OAEP", "enc": "A128GCM"}, jwk(size=3072)), file, says=["3072 bits", "2048 bits"], advises=["2048 bits"])
    out("kid-unknown", "jwcrypto", seal({"alg": "RSA-OAEP", "enc": "A128GCM", "kid": "recipients"}, jwk()), [("a.jwk", private(rsa_key, kid="of-2019"))], says=["recipients"], advises=["encrypt for one that it has"])
    out("kid-near-miss", "jwcrypto", seal({"alg": "RSA-OAEP", "enc": "A128GCM", "kid": "Recipient"}, jwk()), file, says=["capital letters"], advises=["byte for byte"])
    # By one algorithm, under a header that names another.
    own = serialization.load_pem_private_key(pem(rsa_key).encode(), None)
    for by, name, how, advises in [
        (padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None), "RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-256"),
        (padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA256(), None), "RSA-OAEP-256", "MGF1 with SHA-1", "MGF1"),
        (padding.PKCS1v15(), "RSA-OAEP", "RSA1_5", "RSA1_5"),
    ]:
        content_key = os.urandom(16)
        token = by_hand({"alg": name, "enc": "A128GCM"}, own.public_key().encrypt(content_key, by), content_key)
        out("sibling-alg-opens", "cryptography", token, file, says=[f"The header says {name}", how], advises=[advises])
    shared = os.urandom(32)
    content_key = os.urandom(16)
    token = by_hand({"alg": "A128KW", "enc": "A128GCM"}, keywrap.aes_key_wrap(shared, content_key), content_key)
    key = json.dumps({"kty": "oct", "kid": "shared", "k": url64(shared)})
    out("sibling-alg-opens", "cryptography", token, [("a.jwk", key)], says=["A128KW", "A256KW"], advises=["A256KW"])
    token = by_hand({"alg": "A256KW", "enc": "A256GCM"}, keywrap.aes_key_wrap(shared, content_key), content_key)
    out("sibling-alg-opens", "cryptography", token, [("a.jwk", key)], says=["A256GCM", "A128GCM"], advises=["enc"])
    # Keys that are of another kind.
    short = json.dumps({"kty": "oct", "kid": "short", "k": url64(os.urandom(16))})
    token = seal({"alg": "A256KW", "enc": "A128GCM", "kid": "short"}, jwk("oct", size=256))
    out("alg-key-mismatch", "jwcrypto", token, [("a.jwk", short)], says=["A256KW needs a secret of 32 bytes", "16 bytes", "A128KW"], advises=["alg and kid"])
    token = seal({"alg": "dir", "enc": "A128CBC-HS256", "kid": "short"}, jwk("oct", size=256))
    out("alg-key-mismatch", "jwcrypto", token, [("a.jwk", short)], says=["32 bytes for A128CBC-HS256", "16 bytes"], advises=["alg and kid"])
    token = seal({"alg": "ECDH-ES", "enc": "A128GCM", "kid": "agree"}, jwk("EC", crv="P-256"))
    out("alg-key-mismatch", "jwcrypto", token, [("a.jwk", private(jwk("EC", "agree", crv="P-384")))], says=["P-256, the curve of the token\u2019s epk", "P-384"], advises=["alg and kid"])
    out("alg-key-mismatch", "jwcrypto", token, [("a.jwk", private(jwk(kid="agree")))], says=["agree", "RSA key of 2048 bits"], advises=["alg and kid"])
    # Parts that were changed.
    token = seal({"alg": "A256KW", "enc": "A128GCM"}, JWK.from_json(key))
    parts = token.split(".")
    file = [("a.jwk", key)]
    tag = unurl64(parts[4])
    out("tag-mismatch", "jwcrypto", ".".join([*parts[:4], url64(tag[:12])]), file, says=["tag is cut", "12 bytes", "16 bytes"], advises=["whole tag"])
    out("tag-mismatch", "jwcrypto", ".".join([*parts[:4], url64(tag + b"\0")]), file, says=["1 byte too many"], advises=["16 bytes"])
    ciphertext = bytearray(unurl64(parts[3]))
    ciphertext[0] ^= 1
    out("tag-mismatch", "jwcrypto", ".".join([*parts[:3], url64(ciphertext), parts[4]]), file, says=["is the right one", "does not fit", f"({len(ciphertext)} bytes)"], advises=["byte for byte"])
    direct = seal({"alg": "dir", "enc": "A256GCM"}, jwk("oct", size=256))
    out("tag-mismatch", "jwcrypto", direct, file, says=["nothing before the tag tells"], advises=["unlike dir"])
    out("tag-misplaced", "jwcrypto", ".".join([*parts[:3], url64(unurl64(parts[3]) + tag), parts[4]]), file, says=["end of the ciphertext"], advises=["one piece"])
    out("tag-misplaced", "jwcrypto", ".".join([*parts[:3], url64(unurl64(parts[3]) + tag), ""]), file, says=["end of the ciphertext"], advises=["fifth part"])
    out("part-length", "jwcrypto", ".".join([*parts[:2], url64(unurl64(parts[2])[:8]), *parts[3:]]), file, says=["initialization vector", "12 bytes", "8"], advises=["A128GCM"])
    content_key = os.urandom(16)
    token = by_hand({"alg": "A256KW", "enc": "A128GCM"}, keywrap.aes_key_wrap(shared, content_key), content_key, iv=os.urandom(16))
    out("part-length", "cryptography", token, file, says=["opens with key", "16 bytes", "takes 12 bytes"], advises=["12 bytes"])
    # Beside data.
    flattened = json.loads(seal({"alg": "A256KW", "enc": "A128GCM"}, JWK.from_json(key), compact=False))
    flattened["aad"] = url64(b"added on the way")
    out("aad-differs", "jwcrypto", json.dumps(flattened), file, says=["aad is left out"], advises=["RFC 7516"])
    token = by_hand({"alg": "A256KW", "enc": "A128GCM"}, keywrap.aes_key_wrap(shared, content_key), content_key, aad=b"")
    out("aad-differs", "cryptography", token, file, says=["nothing at all is authenticated"], advises=["base64url"])
    # Header parameters.
    head = json.loads(unurl64(seal({"alg": "ECDH-ES", "enc": "A128GCM"}, jwk("EC", crv="P-256")).split(".")[0]))
    del head["epk"]
    bare = url64(json.dumps(head).encode())
    out("header-parameter-unusable", "jwcrypto", ".".join([bare, "", *parts[2:]]), [("a.jwk", private(jwk("EC", crv="P-256")))], says=["epk"], advises=["epk"])
    # Compression.
    for packed, words in [(zlib.compress(PAYLOAD), "zlib"), (PAYLOAD, "not compressed at all")]:
        token = by_hand({"alg": "A256KW", "enc": "A128GCM", "zip": "DEF"}, keywrap.aes_key_wrap(shared, content_key), content_key, payload=packed)
        out("compressed-content", "cryptography", token, file, says=["opens it", words], advises=["raw DEFLATE"])
    # More iterations than are made for several recipients together.
    passwords = [JoserfcOct.import_key("a"), JoserfcOct.import_key("b"), JoserfcOct.import_key("c")]
    general = joserfc_jwe.GeneralJSONEncryption({"enc": "A128GCM"}, PAYLOAD)
    for password in passwords:
        general.add_recipient({"alg": "PBES2-HS256+A128KW", "p2c": 1000}, password)
    every = [*joserfc_jwe.JWERegistry.algorithms["alg"], "A128GCM"]
    token = joserfc_jwe.encrypt_json(general, None, algorithms=every)
    for recipient in token["recipients"]:
        recipient["header"]["p2c"] = 1_100_000
    out("too-many-iterations", "joserfc", json.dumps(token), passphrase="d", says=["2400000 iterations"], advises=["600000"])


def by_hand(header, encrypted_key, content_key, iv=None, aad=None, payload=PAYLOAD):
    """A compact JWE by AES-GCM of which every step can be made otherwise."""
    iv = iv or os.urandom(12)
    head = url64(json.dumps(header).encode())
    ciphertext = AESGCM(content_key).encrypt(iv, payload, head.encode() if aad is None else aad)
    return ".".join([head, url64(encrypted_key), url64(iv), url64(ciphertext[:-16]), url64(ciphertext[-16:])])


def agreement():
    """Derivations over other fields than the header names."""
    recipient = ec.generate_private_key(ec.SECP256R1())
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    epk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(ephemeral.public_key()))
    epk = {name: epk[name] for name in ("kty", "crv", "x", "y")}
    secret = ephemeral.exchange(ec.ECDH(), recipient.public_key())
    file = [("a.pem", recipient.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode())]

    def field(data):
        return len(data).to_bytes(4, "big") + data

    def token(header, algorithm, apu, apv):
        info = field(algorithm) + field(apu) + field(apv) + (128).to_bytes(4, "big")
        content_key = ConcatKDFHash(hashes.SHA256(), 16, info).derive(secret)
        return by_hand({"alg": "ECDH-ES", "enc": "A128GCM", "epk": epk, **header}, b"", content_key)

    parties = {"apu": url64(b"Alice"), "apv": url64(b"Bob")}
    out("party-info-differs", "cryptography", token(parties, b"A128GCM", b"", b""), file, says=["apu and apv are left out"], advises=["RFC 7518"])
    texts = [parties[name].encode() for name in ("apu", "apv")]
    out("party-info-differs", "cryptography", token(parties, b"A128GCM", *texts), file, says=["not decoded"], advises=["decoded"])
    out("party-info-differs", "cryptography", token({}, b"ECDH-ES", b"", b""), file, says=["ECDH-ES instead of A128GCM"], advises=["A128GCM as AlgorithmID"])


def presented():
    """SD-JWTs, whose JWTs jwcrypto signs."""
    issuer, holder = jwk("EC", "issuer", crv="P-256"), jwk("EC", "holder", crv="P-256")
    others = jwk("EC", "other", crv="P-256")

    def sign(key, payload, typ):
        jws = JWS(json.dumps(payload))
        jws.add_signature(key, "ES256", json.dumps({"alg": "ES256", "typ": typ}))
        return jws.serialize(compact=True)

    disclosures = [url64(json.dumps([url64(os.urandom(16)), name, value]).encode()) for name, value in [("email", "a@b.example"), ("phone", "1"), ("town", "x")]]

    def digest(text, how="sha256"):
        return url64(hashlib.new(how, text.encode()).digest())

    def token(how="sha256", named="sha-256"):
        claims = {**CLAIMS, "_sd": sorted(digest(one, how) for one in disclosures), "_sd_alg": named, "cnf": {"jwk": json.loads(holder.export_public())}}
        return sign(issuer, claims, "sd+jwt")

    def bind(presented, key=holder, digest_of=digest):
        claims = {"iat": 4102440000, "aud": "https://verifier.example", "nonce": "n", "sd_hash": digest_of(presented)}
        return presented + sign(key, claims, "kb+jwt")

    file = [("a.jwk", public(issuer))]
    jws = token()
    whole = "~".join([jws, *disclosures]) + "~"
    out("sd-form", "jwcrypto", whole[:-1], file, says=["last tilde is missing", "town"], advises=["End every SD-JWT"])
    out("sd-form", "jwcrypto", whole[:-9], file, says=["no whole disclosure"], advises=["cuts the token"])
    out("sd-form", "jwcrypto", jws + "".join(disclosures), file, says=["tilde between them and it is missing"], advises=["tilde"])
    out("sd-alg-differs", "jwcrypto", "~".join([token("sha512", "sha-256"), *disclosures]) + "~", file, says=["sha-512", "sha-256"], advises=["_sd_alg"])
    fewer = "~".join([jws, disclosures[0], disclosures[2]]) + "~"
    out("sd-hash-differs", "jwcrypto", whole + bind(fewer)[len(fewer):], file, says=["without disclosure 2", "added after the holder signed"], advises=["key binding JWT last"], verdict=["without disclosure 2"])
    out("sd-hash-differs", "jwcrypto", fewer + bind(whole)[len(whole):], file, says=["taken away"], advises=["take no disclosure away"])
    turned = "~".join([jws, *reversed(disclosures)]) + "~"
    out("sd-hash-differs", "jwcrypto", whole + bind(turned)[len(turned):], file, says=["another order"], advises=["key binding JWT last"])
    out("sd-hash-differs", "jwcrypto", bind(whole, digest_of=lambda text: hashlib.sha256(text.encode()).hexdigest()), file, says=["hexadecimal"], advises=["RFC 9901"])
    out("sd-hash-differs", "jwcrypto", bind(whole, digest_of=lambda text: digest(text[:-1])), file, says=["without the last tilde"], advises=["RFC 9901"])
    out("sd-hash-differs", "jwcrypto", bind(whole, digest_of=lambda text: digest(text, "sha512")), file, says=["sha-512"], advises=["_sd_alg"])
    out("key-binding-key", "jwcrypto", bind(whole, issuer), file, says=["key that signed the token itself", "cnf", holder.thumbprint()], advises=["one key pair"])
    out("key-binding-key", "jwcrypto", bind(whole, others), [*file, ("b.jwk", public(others))], says=["other", "cnf"], advises=["one key pair"])


def vendors():
    """What vendors do otherwise."""
    key = ec.generate_private_key(ec.SECP256R1())
    spki = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()

    def padded(data):
        return base64.urlsafe_b64encode(data).decode()

    signer = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/front/0123456789abcdef"
    head = padded(json.dumps({"alg": "ES256", "kid": "0f1e", "signer": signer, "client": "c"}).encode())
    body = padded(json.dumps({**CLAIMS, "email": "a@b.example!"}).encode())
    assert "=" in head + body
    r, s = utils.decode_dss_signature(key.sign(f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256())))
    signature = url64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    out("vendor-quirk", "cryptography", f"{head}.{body}.{signature}".replace("=", ""), [("alb.pem", spki)], says=["load balancer of AWS", "padding put back"], advises=["x-amzn-oidc-data"])
    pool = {**CLAIMS, "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI", "token_use": "access", "client_id": "c"}
    token = jwt.encode(pool, pem(OTHER), algorithm="RS256", headers={"kid": "k1"})
    out("vendor-quirk", "PyJWT", token, [("eu-west-1_XyZXyZXyZ.json", public(RSA, kid="of-another-pool"))], says=["eu-west-1_AbCdEfGhI", "eu-west-1_XyZXyZXyZ"], advises=["client_id", "/.well-known/jwks.json"])
    account = {"iss": "kubernetes/serviceaccount", "sub": "system:serviceaccount:default:default", "kubernetes.io/serviceaccount/namespace": "default"}
    token = jwt.encode(account, pem(OTHER), algorithm="RS256", headers={"kid": ""})
    out("vendor-quirk", "PyJWT", token, [("cluster.json", public(RSA))], says=["Kubernetes", "an empty kid", "many clusters"], advises=["/openid/v1/jwks"])
    token = jwt.encode({**CLAIMS, "iss": "https://securetoken.google.com/my-project"}, None, algorithm="none")
    out("vendor-quirk", "PyJWT", token, says=["emulator of Firebase", "my-project"], advises=["FIREBASE_AUTH_EMULATOR_HOST"])
    leaf = certificate(key)
    token = jwt.encode({"bundleId": "app.example", "environment": "Sandbox", "signedDate": 1700000000000}, key, algorithm="ES256", headers={"x5c": [base64.b64encode(leaf).decode()]})
    out("vendor-quirk", "PyJWT", token, says=["App Store", "AppleRootCA-G3.cer"], advises=["milliseconds"])
    # Microsoft signs the header with the hash of the nonce, and sends the nonce.
    header = {"typ": "JWT", "nonce": url64(hashlib.sha256(b"n0nce").digest()), "alg": "RS256", "kid": "first"}
    claims = {**CLAIMS, "iss": "https://sts.windows.net/00000000-0000-0000-0000-000000000000/"}
    token = joserfc_jws.serialize_compact(header, json.dumps(claims), RSAKey.import_key(pem(RSA)), registry=joserfc_jws.JWSRegistry(strict_check_header=False))
    sent = json.dumps({**json.loads(unurl64(token.split(".")[0])), "nonce": "n0nce"}, separators=(",", ":"))
    out("graph-nonce", "joserfc", ".".join([url64(sent.encode()), *token.split(".")[1:]]), [("a.jwk", public(RSA))], says=["Microsoft Graph"], advises=["your own API"])


def certificate(key):
    from datetime import datetime

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "leaf")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, datetime(2020, 1, 1), datetime(2040, 1, 1))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def layers():
    """Tokens in tokens, and several signatures on one."""
    recipient, signer = jwk(kid="recipient"), jwk(kid="signer")
    file = [("a.jwk", private(recipient)), ("b.jwk", public(signer))]
    inner = resigned(signer, {"alg": "RS256", "kid": "signer"}, "PS256")
    outer = {"alg": "RSA-OAEP", "enc": "A128GCM", "cty": "JWT", "kid": "recipient"}
    nested = seal(outer, recipient, inner)
    out("sibling-alg-verifies", "jwcrypto", nested, file, says=["PS256"], advises=["alg"], verdict=["In the token inside (layer 2)", "PS256"])
    twice = seal(outer, recipient, nested)
    out("sibling-alg-verifies", "jwcrypto", twice, file, says=["PS256"], advises=["alg"], verdict=["In the token inside (layer 3)", "PS256"])
    sealed_inside = signed_text(signer, seal({"alg": "RSA-OAEP", "enc": "A128GCM", "kid": "recipient"}, jwk()))
    out("key-unwrap-failed", "jwcrypto", sealed_inside, file, says=["recipient", "does not unwrap"], advises=["recipient"], verdict=["In the token inside (layer 2)", "does not unwrap"])
    # The second of three is by another key than the header names, with the first and third right.
    several = JWS(PAYLOAD)
    for key, kid in [(RSA, "first"), (OTHER, "signer"), (EC, "curve")]:
        alg = "ES256" if key is EC else "RS256"
        several.add_signature(key, alg, json.dumps({"alg": alg}), json.dumps({"kid": kid}))
    keys = [("a.jwk", public(RSA)), ("b.jwk", public(signer)), ("c.jwk", public(EC))]
    out("rsa-other-key", "jwcrypto", several.serialize(), keys, says=["signer", "did not make"], advises=["key that signs"], verdict=["Signature 2 of 3", "signer"])


def signed_text(key, payload):
    jws = JWS(payload)
    jws.add_signature(key, "RS256", json.dumps({"alg": "RS256", "cty": "JWT", "kid": key.key_id}))
    return jws.serialize(compact=True)


def confused():
    """MACs by Python's own hmac, keyed with each form of the catalogue of a public key."""
    message = signing_input({"alg": "HS256"})

    def forged(secret):
        return f"{message}.{url64(hmac.new(secret, message.encode(), hashlib.sha256).digest())}"

    def both(name, keys, secret, words):
        """As it is, and, where it is text, in base64."""
        out("hmac-key-confusion", "hmac", forged(secret), keys, says=[name, *words], advises=["Bind every key"])

    raw = serialization
    spki = raw.PublicFormat.SubjectPublicKeyInfo
    rsa_key = rsa.generate_private_key(65537, 2048).public_key()
    ec_key = ec.generate_private_key(ec.SECP256R1()).public_key()
    ed_key = ed25519.Ed25519PrivateKey.generate().public_key()
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    leaf = certificate(leaf_key)
    pkcs1 = rsa_key.public_bytes(raw.Encoding.DER, raw.PublicFormat.PKCS1)
    labels = [
        ("PUBLIC KEY", rsa_key.public_bytes(raw.Encoding.DER, spki), rsa_key),
        ("RSA PUBLIC KEY", pkcs1, rsa_key),
        ("PUBLIC KEY", ec_key.public_bytes(raw.Encoding.DER, spki), ec_key),
        ("PUBLIC KEY", ed_key.public_bytes(raw.Encoding.DER, spki), ed_key),
        ("CERTIFICATE", leaf, None),
    ]
    widths = [(64, ""), (76, "76 columns"), (10**6, "one line")]
    line_ends = [("\n", ""), ("\r\n", "CR LF"), ("\\n", "backslash and n"), ("", "without line breaks")]
    ends = [("", ""), ("\n", ""), ("\r\n", ""), ("\n\n", "two final line breaks"), (" ", "final space"), ("\\n", "")]
    fronts = [("", ""), ("\n", "after a line break"), (" ", "after a space"), ("\t", "after a tab"), ("\ufeff", "after a byte order mark")]
    for label, der, own in labels:
        file = der_file(own, leaf)
        body = base64.b64encode(der).decode()
        for width, of_width in widths:
            for line_end, of_line_end in line_ends:
                lines = [body[at : at + width] for at in range(0, len(body), width)]
                text = line_end.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"])
                # The width makes no difference on one line, nor of a key as short as one.
                is_wide = line_end != "" and len(body) > 64
                words = [of_width, of_line_end] if is_wide else [of_line_end]
                both(label, file, text.encode(), words)
        lines = [body[at : at + 64] for at in range(0, len(body), 64)]
        text = "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"])
        for end, of_end in ends:
            for front, of_front in fronts:
                secret = (front + text + end).encode()
                both(label, file, secret, [of_end, of_front])
                both(label, file, base64.b64encode(secret), ["the base64 of", of_end, of_front])
        # Where neither alphabet's own characters occur, both are one text.
        of_url = "the base64" if url64(der) == body.rstrip("=") else "the base64url"
        for name, text in [
            ("the base64 of the DER", body),
            ("the base64 of the DER", body.rstrip("=")),
            (f"{of_url} of the DER", url64(der)),
            (f"{of_url} of the DER", base64.urlsafe_b64encode(der).decode()),
        ]:
            both(name, file, text.encode(), [])
            both(name, file, (text + "\n").encode(), [])
            both("the base64 of", file, base64.b64encode(text.encode()), [])
        both(f"the DER ({label})", file, der, [])
    # JWK and JWKS, as loaded and written anew.
    for key, member in [(rsa_key, "n"), (ec_key, "x"), (ed_key, "x")]:
        jwk = json.loads(JWK.from_pem(key.public_bytes(raw.Encoding.PEM, spki)).export_public())
        jwk = {name: jwk[name] for name in ("kty", "crv", "n", "e", "x", "y") if name in jwk}
        loaded = json.dumps({"use": "sig", **jwk, "kid": "a b"}, indent=2)
        file = [("a.jwk", loaded)]
        both("JWK", file, loaded.encode(), ["as it was loaded"])
        both("JWK", file, json.dumps(json.loads(loaded), separators=(",", ":")).encode(), ["without white space"])
        both("the JWK text", file, json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode(), [])
        both("the JWK text", file, json.dumps(jwk, separators=(",", ":")).encode(), [])
        both(f"the member {member}", file, jwk[member].encode(), [])
        both("the base64 of", file, base64.b64encode(jwk[member].encode()), [])
        jwks = json.dumps({"keys": [json.loads(loaded)]}, indent=1)
        both("the file as it was loaded", [("jwks.json", jwks)], jwks.encode(), [])
        both("without white space", [("jwks.json", jwks)], json.dumps(json.loads(jwks), separators=(",", ":")).encode(), [])
    # OpenSSH.
    for key in (rsa_key, ec_key, ed_key):
        line = key.public_bytes(raw.Encoding.OpenSSH, raw.PublicFormat.OpenSSH).decode()
        both("OpenSSH", der_file(key, leaf), line.encode(), [])
        both("OpenSSH", der_file(key, leaf), (line + "\n").encode(), ["final line break"])
        both("the base64 of", der_file(key, leaf), base64.b64encode(line.encode()), ["OpenSSH"])
        commented = f"{line} somebody@example"
        both("the file as it was loaded", [("id.pub", commented + "\n")], (commented + "\n").encode(), [])
        both("as it was loaded", [("id.pub", commented + "\n")], commented.encode(), [])
        both("line 2 (OpenSSH) of the file", [("keys", f"# ours\n{commented}\n# end\n")], commented.encode(), [])
    # A file as it was loaded, with each kind of line end.
    file = "# our key\n" + rsa_key.public_bytes(raw.Encoding.PEM, spki).decode()
    for secret in [file, file.replace("\n", "\r\n"), file.replace("\n", "\\n"), file.replace("\n", "")]:
        both("the file as it was loaded", [("a.pem", file)], secret.encode(), [])
    # Bytes.
    numbers = rsa_key.public_numbers()
    modulus = numbers.n.to_bytes(256, "big")
    both("the modulus", der_file(rsa_key, leaf), modulus, [])
    both("the modulus after a zero byte", der_file(rsa_key, leaf), b"\0" + modulus, [])
    points = [
        ("the point, uncompressed", ec_key.public_bytes(raw.Encoding.X962, raw.PublicFormat.UncompressedPoint)),
        ("the point, compressed", ec_key.public_bytes(raw.Encoding.X962, raw.PublicFormat.CompressedPoint)),
    ]
    points += [("x and y", points[0][1][1:]), ("x", points[0][1][1:33])]
    for name, secret in points:
        both(name, der_file(ec_key, leaf), secret, [])
    both("the bytes of the key", der_file(ed_key, leaf), ed_key.public_bytes(raw.Encoding.Raw, raw.PublicFormat.Raw), [])


def der_file(key, leaf):
    """The key as a file that is none of the forms that are tried: a JWK with a member of its own, or the certificate."""
    if key is None:
        text = base64.b64encode(leaf).decode()
        lines = [text[at : at + 64] for at in range(0, len(text), 64)]
        return [("leaf.pem", "\n".join(["leaf", "-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----"]))]
    spki = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return [("a.jwk", json.dumps({**json.loads(JWK.from_pem(spki).export_public()), "x-none": 1}))]


if __name__ == "__main__":
    for make in (choice, signatures, secrets, sealed, agreement, presented, vendors, layers, confused):
        make()
