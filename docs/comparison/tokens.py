"""The tokens of the comparison: each a name, the text, and the key that its receiver holds.

Everything is put together by hand from the primitives of `cryptography`, since no library makes most of these.
"""

import base64
import dataclasses
import datetime
import hashlib
import hmac
import json
import os
import time
import zlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

NOW = int(time.time())
HOUR = 3600


@dataclasses.dataclass
class Case:
    """A token. `key` names the receiver's key, several with a plus between. `right`: what is to be said of it, in few words."""

    name: str
    text: str
    key: str
    right: str


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value):
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def dump(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


class Keys:
    """Private keys by name, and the JWK that a receiver holds."""

    def __init__(self):
        self.private = {
            "rsa": rsa.generate_private_key(65537, 2048),
            "rsa1024": rsa.generate_private_key(65537, 1024),
            "ec": ec.generate_private_key(ec.SECP256R1()),
            "ed": ed25519.Ed25519PrivateKey.generate(),
            "secret": os.urandom(32),
            "short": b"tr0ub4dor",
            "default": b"secret",
            "aes": os.urandom(32),
        }
        self.jwks = {name: self.jwk(name) for name in self.private}

    def jwk(self, name):
        key = self.private[name]
        if isinstance(key, bytes):
            return {"kty": "oct", "kid": name, "k": b64(key)}
        public = key.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            numbers = public.public_numbers()
            return {"kty": "RSA", "kid": name, "n": number(numbers.n), "e": number(numbers.e)}
        if isinstance(public, ec.EllipticCurvePublicKey):
            numbers = public.public_numbers()
            x, y = (b64(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
            return {"kty": "EC", "crv": "P-256", "kid": name, "x": x, "y": y}
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return {"kty": "OKP", "crv": "Ed25519", "kid": name, "x": b64(raw)}

    def pem(self, name):
        public = self.private[name].public_key()
        return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(self, alg, name, message, der=False):
        key = self.private[name]
        if alg.startswith("HS"):
            return hmac.digest(key, message, "sha256")
        if alg == "RS256":
            return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        if alg == "PS256":
            pss = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
            return key.sign(message, pss, hashes.SHA256())
        if alg == "ES256":
            signature = key.sign(message, ec.ECDSA(hashes.SHA256()))
            r, s = decode_dss_signature(signature)
            return signature if der else r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return key.sign(message)


def claims(**more):
    usual = {"iss": "https://idp.example", "sub": "jane", "aud": "portal", "iat": NOW - 60, "exp": NOW + HOUR}
    return {name: value for name, value in (usual | more).items() if value is not None}


def all_cases(keys):
    cases = []

    def add(name, text, key, right):
        cases.append(Case(name, text, key, right))

    def compact(payload=None, alg="RS256", key="rsa", header=None, sign_with=None, **how):
        header = header if header is not None else {"alg": alg, "typ": "JWT", "kid": key}
        head = header if isinstance(header, bytes) else dump(header)
        body = payload if isinstance(payload, bytes) else dump(payload if payload is not None else claims())
        message = f"{b64(head)}.{b64(body)}"
        return f"{message}.{b64(keys.sign(alg, sign_with or key, message.encode(), **how))}"

    def parts(text):
        return text.split(".")

    genuine = compact()
    # Genuine ones.
    add("RS256, genuine", genuine, "rsa", "accept")
    add("ES256, genuine", compact(alg="ES256", key="ec"), "ec", "accept")
    add("PS256, genuine", compact(alg="PS256"), "rsa", "accept")
    add("EdDSA, genuine", compact(alg="EdDSA", key="ed"), "ed", "accept")
    add("Ed25519 (RFC 9864), genuine", compact(alg="Ed25519", key="ed"), "ed", "accept")
    add("HS256, genuine", compact(alg="HS256", key="secret"), "secret", "accept")
    add("header written with spaces", compact(header=b'{ "alg" : "RS256", "kid":"rsa" }'), "rsa", "accept")
    add("claims beyond ASCII", compact(claims(name="李小龙 é")), "rsa", "accept")
    add("typ in capitals, application/ before it", compact(header={"alg": "RS256", "typ": "Application/JWT"}), "rsa", "accept")
    # How it arrives.
    add("Bearer before it", f"Bearer {genuine}", "rsa", "accept")
    add("a quote from a log after it", f'{genuine}"', "rsa", "accept")
    add("a line break in it", genuine[:90] + "\n" + genuine[90:], "rsa", "accept")
    # Time.
    add("expired 30 s ago", compact(claims(iat=NOW - HOUR, exp=NOW - 30)), "rsa", "accept within a leeway of 60 s")
    add("expired 10 min ago", compact(claims(iat=NOW - HOUR, exp=NOW - 600)), "rsa", "reject")
    add("not valid for an hour yet", compact(claims(nbf=NOW + HOUR, exp=NOW + 2 * HOUR)), "rsa", "reject")
    add("exp as text", compact(claims(exp=str(NOW + HOUR))), "rsa", "reject")
    add("exp in milliseconds", compact(claims(exp=(NOW + HOUR) * 1000)), "rsa", "say so")
    add("no exp", compact(claims(exp=None)), "rsa", "say so")
    add("exp of 1e400", compact(dump(claims(exp=None))[:-1] + b',"exp":1e400}'), "rsa", "say so")
    add("iat an hour ahead", compact(claims(iat=NOW + HOUR, exp=NOW + 2 * HOUR)), "rsa", "say so")
    # No signature, or a wrong one.
    head, body, signature = parts(genuine)
    none = b64(dump({"alg": "none"}))
    add("alg none", f"{none}.{body}.", "rsa", "reject")
    add("alg nOnE", f'{b64(dump({"alg": "nOnE"}))}.{body}.', "rsa", "reject")
    add("signature left out", f"{head}.{body}.", "rsa", "reject")
    add("two parts", f"{head}.{body}", "rsa", "reject")
    add("signature cut by 4 characters", genuine[:-4], "rsa", "reject")
    add("claims changed", f"{head}.{b64(dump(claims(sub='admin')))}.{signature}", "rsa", "reject")
    add("ES256 signature in DER", compact(alg="ES256", key="ec", der=True), "ec", "reject")
    message = parts(compact(alg="ES256", key="ec"))
    add("ES256 signature of zeros", f"{message[0]}.{message[1]}.{b64(bytes(64))}", "ec", "reject")
    add("alg missing", compact(header={"typ": "JWT"}), "rsa", "reject")
    # Keys.
    confused = f'{b64(dump({"alg": "HS256", "kid": "rsa"}))}.{body}'
    mac = hmac.digest(keys.pem("rsa"), confused.encode(), "sha256")
    add("HS256 with the public RSA key as secret", f"{confused}.{b64(mac)}", "rsa", "reject")
    foreign = rsa.generate_private_key(65537, 2048)
    keys.private["foreign"] = foreign
    own = {"alg": "RS256", "jwk": keys.jwk("foreign")}
    add("another key, sent along as jwk", compact(header=own, sign_with="foreign"), "rsa", "never accept")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
    day = datetime.timedelta(days=1)
    today = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(foreign.public_key())
        .serial_number(1).not_valid_before(today - day).not_valid_after(today + day).sign(foreign, hashes.SHA256())
    )
    der = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
    add("another key, sent along as x5c", compact(header={"alg": "RS256", "x5c": [der]}, sign_with="foreign"), "rsa", "never accept")
    far = {"alg": "RS256", "jku": "http://169.254.169.254/jwks", "kid": "rsa"}
    add("jku of a cloud's inner address", compact(header=far), "rsa", "say so")
    add("kid that climbs directories", compact(header={"alg": "RS256", "kid": "../../dev/null"}), "rsa", "say so")
    add("RSA key of 1024 bits", compact(key="rsa1024"), "rsa1024", "reject")
    add("secret of 9 bytes", compact(alg="HS256", key="short"), "short", "reject")
    add("secret that everybody knows", compact(alg="HS256", key="default"), "default", "reject")
    # What parsers differ in.
    twice = dump(claims())[:-1] + b',"sub":"admin"}'
    add("sub twice", compact(twice), "rsa", "reject")
    add("alg twice", compact(header=b'{"alg":"none","alg":"RS256"}'), "rsa", "reject")
    add("a number beyond 2^53", compact(dump(claims())[:-1] + b',"id":100002348117421473}'), "rsa", "keep it")
    add("claims that are not UTF-8", compact(dump(claims())[:-1] + b',"n":"\xff"}'), "rsa", "reject")
    add("claims with a bidi override", compact(claims(name="user\u202egnp.exe")), "rsa", "show it")
    add("base64 with padding", f"{head}.{body}.{signature}" + "=" * (-len(signature) % 4), "rsa", "reject")
    add("base64 of the other alphabet", f"{head}.{body}.{signature.replace('-', '+').replace('_', '/')}", "rsa", "reject")
    bits = signature[:-1] + chr(ord(signature[-1]) + 1)
    add("unused bits set at the end", f"{head}.{body}.{bits}", "rsa", "reject")
    add("payload that is no JSON", compact(b"hello, world"), "rsa", "show it")
    # Extensions and forms.
    add("crit that nobody knows", compact(header={"alg": "RS256", "crit": ["exp2"], "exp2": 1}), "rsa", "reject")
    plain = b64(dump({"alg": "HS256", "b64": False, "crit": ["b64"]}))
    mac = hmac.digest(keys.private["secret"], plain.encode() + b".$02", "sha256")
    add("payload not encoded (RFC 7797)", json.dumps({"payload": "$02", "protected": plain, "signature": b64(mac)}), "secret", "verify")
    flattened = {"payload": body, "protected": head, "signature": signature}
    add("flattened JSON", json.dumps(flattened), "rsa", "verify")
    one = {"protected": head, "signature": signature}
    bad = {"protected": b64(dump({"alg": "ES256"})), "signature": b64(bytes(64))}
    add("two signatures, one of them bad", json.dumps({"payload": body, "signatures": [one, bad]}), "rsa", "say which")

    def encrypted(plaintext, header=None, tag=16):
        header = b64(dump({"alg": "dir", "enc": "A256GCM"} | (header or {})))
        iv = os.urandom(12)
        sealed = AESGCM(keys.private["aes"]).encrypt(iv, plaintext, header.encode())
        return f"{header}..{b64(iv)}.{b64(sealed[:-16])}.{b64(sealed[-16:][:tag])}"

    add("encrypted claims", encrypted(dump(claims())), "aes", "accept")
    add("encrypted, tag cut to 4 bytes", encrypted(dump(claims()), tag=4), "aes", "reject")
    add("signed, then encrypted", encrypted(genuine.encode(), {"cty": "JWT"}), "aes+rsa", "open both")
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = squeezed.compress(bytes(50_000_000)) + squeezed.flush()
    add("50 MB of zeros, compressed and encrypted", encrypted(bomb, {"zip": "DEF"}), "aes", "refuse to inflate")
    disclosure = b64(dump([b64(os.urandom(16)), "email", "jane@idp.example"]))
    digest = b64(hashlib.sha256(disclosure.encode()).digest())
    issued = compact(claims(_sd=[digest]), header={"alg": "RS256", "typ": "example+sd-jwt", "kid": "rsa"})
    add("SD-JWT with a disclosure", f"{issued}~{disclosure}~", "rsa", "show the claim")
    add("SD-JWT, disclosure of another", f"{issued}~{b64(dump(['c2FsdA', 'admin', True]))}~", "rsa", "reject")
    return cases
