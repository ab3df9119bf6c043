"""A fresh key for the tokens of ServiceAccounts, in the form that kube-apiserver reads."""

import base64
import secrets

# SEC 1 / RFC 5915: SEQUENCE { 1, OCTET STRING of 32 bytes, [0] { OID prime256v1 } }; Go derives the public half.
_BEFORE = bytes.fromhex("30310201010420")
_AFTER = bytes.fromhex("a00a06082a8648ce3d030107")


def new_signing_key() -> str:
    """A private key on P-256, as PEM."""
    # The leading zero bit keeps the number below the order of the curve.
    scalar = bytes([secrets.randbelow(127) + 1]) + secrets.token_bytes(31)
    body = base64.encodebytes(_BEFORE + scalar + _AFTER).decode()
    return f"-----BEGIN EC PRIVATE KEY-----\n{body}-----END EC PRIVATE KEY-----\n"
