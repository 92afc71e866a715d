#!/usr/bin/env python3
"""Makes secrets for .ci/forgotten, and looks for them in core dumps.

    forgotten.py make FOLDER          makes them
    forgotten.py tell FOLDER NAME     prints one that is typed
    forgotten.py copy FOLDER PROCESS  writes what a process has in memory into core.before, without stopping it
    forgotten.py search FOLDER        looks into core.before and core.after; exit status 1 where one is left, or none was there before
"""

import base64
import json
import mmap
import pathlib
import re
import secrets
import string
import subprocess
import sys

# What was pasted went through the hands of the clipboard's library, which does not overwrite it.
OUT_OF_REACH = {"pasted as text"}


def word():
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(24))


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def make(folder):
    words = {name: word() for name in ("passphrase", "typed", "kept")}
    keys = {name: secrets.token_hex(40) for name in ("file", "pasted")}
    for name, key in keys.items():
        jwk = {"kty": "oct", "kid": name, "k": b64(bytes.fromhex(key))}
        (folder / f"{name}.jwk").write_text(json.dumps(jwk))
    plain = folder / "plain.pem"
    generate = ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", plain]
    subprocess.run(generate, check=True, capture_output=True)
    lock = ["openssl", "pkcs8", "-topk8", "-in", plain, "-out", folder / "locked.pem", "-v2", "aes-256-cbc"]
    subprocess.run([*lock, "-passout", "stdin"], input=words["passphrase"], text=True, check=True)
    (folder / "secrets.json").write_text(json.dumps({"words": words, "keys": keys}))


def copy(folder, process):
    mappings = pathlib.Path(f"/proc/{process}/maps").read_text().splitlines()
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory, (folder / "core.before").open("wb") as core:
        for mapping in mappings:
            span, rights, *rest = mapping.split()
            if not rights.startswith("rw"):
                continue
            start, end = (int(address, 16) for address in span.split("-"))
            try:
                memory.seek(start)
                core.write(memory.read(end - start) or b"")
            except OSError:
                # What belongs to a driver cannot be read.
                continue


def needles(folder):
    """What to look for, by what it is called."""
    made = json.loads((folder / "secrets.json").read_text())
    found = {f"{name} as text": text.encode() for name, text in made["words"].items()}
    for name, key in made["keys"].items():
        raw = bytes.fromhex(key)
        found |= {f"{name} as text": b64(raw).encode(), f"{name} as bytes": raw}
    text = subprocess.run(
        ["openssl", "rsa", "-in", folder / "plain.pem", "-noout", "-text"], capture_output=True, text=True, check=True
    ).stdout
    for number in ("privateExponent", "prime1", "prime2", "exponent1", "exponent2", "coefficient"):
        digits = re.search(number + r":\s*((?:\s+[0-9a-f:]+\n)+)", text).group(1)
        value = bytes.fromhex(re.sub(r"[^0-9a-f]", "", digits)).lstrip(b"\0")
        # The ends of numbers may be cut off where they are kept in words.
        found[f"{number} as bytes"] = value[8:72]
        found[f"{number} as words"] = value[::-1][8:72]
        found[f"{number} as text"] = b64(value).encode()[16:80]
    pem = (folder / "plain.pem").read_bytes().split(b"\n")
    found["locked key as PEM"] = pem[-4]
    # Its first half is public.
    found["locked key as DER"] = base64.b64decode(b"".join(pem[1:-2]))[-120:-60]
    return found


def counts(dump, wanted):
    with dump.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        return {name: len(re.findall(re.escape(needle), memory)) for name, needle in wanted.items()}


def search(folder):
    wanted = needles(folder)
    before = counts(folder / "core.before", wanted)
    after = counts(folder / "core.after", wanted)
    for name in wanted:
        if before[name] or after[name]:
            note = " (out of reach)" if name in OUT_OF_REACH else ""
            print(f"{name}: {before[name]} before, {after[name]} after{note}")
    if not before["file as bytes"] or not before["typed as text"]:
        sys.exit("forgotten: expected the loaded and the typed secret in memory before, found none: the search itself fails")
    left = [name for name in wanted if after[name] and name not in OUT_OF_REACH]
    if left:
        sys.exit(f"forgotten: still in memory: {', '.join(left)}")


action, folder = sys.argv[1], pathlib.Path(sys.argv[2])
match action:
    case "make":
        make(folder)
    case "tell":
        print(json.loads((folder / "secrets.json").read_text())["words"][sys.argv[3]])
    case "copy":
        copy(folder, sys.argv[3])
    case "search":
        search(folder)
