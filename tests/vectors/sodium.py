"""The cryptography and the decompression of docs/format/vault.md, section 1, by ctypes.

Loads libsodium.so.23 and libzstd.so.1. An opening that fails returns None: what that means, the
caller knows.
"""

import ctypes
import hashlib
import hmac

_sodium = ctypes.CDLL("libsodium.so.23")
_zstd = ctypes.CDLL("libzstd.so.1")
if _sodium.sodium_init() < 0:
    raise OSError("libsodium cannot be initialised")

_size = ctypes.c_size_t
_u64 = ctypes.c_uint64
_zstd.ZSTD_decompress.argtypes = [ctypes.c_char_p, _size, ctypes.c_char_p, _size]
_zstd.ZSTD_decompress.restype = _size
_zstd.ZSTD_isError.argtypes = [_size]
_zstd.ZSTD_findFrameCompressedSize.argtypes = [ctypes.c_char_p, _size]
_zstd.ZSTD_findFrameCompressedSize.restype = _size

TAG = 16  # of the AEAD, bytes
SEAL = 48  # what crypto_box_seal adds, bytes


def sha256(data):
    return hashlib.sha256(data).digest()


def equal(a, b):
    """In constant time."""
    return hmac.compare_digest(a, b)


def blake2b(data, key=b""):
    out = ctypes.create_string_buffer(32)
    done = _sodium.crypto_generichash(out, _size(32), data, _u64(len(data)), key or None,
                                      _size(len(key)))
    assert done == 0
    return out.raw


def kdf(key, number, context):
    out = ctypes.create_string_buffer(32)
    done = _sodium.crypto_kdf_derive_from_key(out, _size(32), _u64(number), context, key)
    assert done == 0 and len(context) == 8
    return out.raw


class RowHash:
    """The hash of a record (section 8), as a number; one buffer for all of them."""

    LONG = 1 << 20

    def __init__(self, row_key):
        self._key = row_key
        self._out = ctypes.create_string_buffer(16)
        self._hash = _sodium.crypto_shorthash_siphashx24
        self._hash.argtypes = [ctypes.c_char_p, ctypes.c_char_p, _u64, ctypes.c_char_p]

    def __call__(self, record):
        if len(record) > self.LONG:
            record = blake2b(record) + len(record).to_bytes(8, "little")
        self._hash(self._out, record, len(record), self._key)
        return int.from_bytes(self._out.raw, "little")


def signing_public_key(seed):
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
    assert _sodium.crypto_sign_seed_keypair(public, secret, seed) == 0
    return public.raw


def box_keys(seed):
    """(public, secret)"""
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
    assert _sodium.crypto_box_seed_keypair(public, secret, seed) == 0
    return public.raw, secret.raw


def signed(public, signature, message):
    return _sodium.crypto_sign_verify_detached(signature, message, _u64(len(message)), public) == 0


def open_box(sealed, keys):
    if len(sealed) < SEAL:
        return None
    out = ctypes.create_string_buffer(len(sealed) - SEAL)
    done = _sodium.crypto_box_seal_open(out, sealed, _u64(len(sealed)), *keys)
    return out.raw if done == 0 else None


def open_aead(sealed, additional, nonce, key):
    if len(sealed) < TAG:
        return None
    out = ctypes.create_string_buffer(max(1, len(sealed) - TAG))
    length = _u64()
    done = _sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
        out, ctypes.byref(length), None, sealed, _u64(len(sealed)), additional,
        _u64(len(additional)), nonce, key)
    return out.raw[:length.value] if done == 0 else None


def decompress(frame, plain_length):
    """Exactly one frame that holds exactly so many bytes, else None."""
    if _zstd.ZSTD_findFrameCompressedSize(frame, len(frame)) != len(frame):
        return None
    out = ctypes.create_string_buffer(max(1, plain_length))
    done = _zstd.ZSTD_decompress(out, plain_length, frame, len(frame))
    if _zstd.ZSTD_isError(done) or done != plain_length:
        return None
    return out.raw[:plain_length]
