"""Who is who: capabilities, format, the chain of trust records, keys (sections 3 to 5)."""

import base64
import binascii

import sodium
from wire import (BYTES, Cursor, Denied, FORMAT, Field, NotFound, Stale, TEXT, TRUST, U8,
                  U32, U64, Usage, need, parse_fields, take_header, u8, u32)

ROLES = ("", "admin", "identity", "writer", "viewer", "operator", "pruner")
IDENTITY, WRITER = 2, 3

FORMAT_FIELDS = {
    1: Field("vault", 16),
    2: Field("naming", U8),
    3: Field("root", 32),
    4: Field("created", U64, optional=True),
}
KEY_FIELDS = {
    1: Field("id", 16),
    2: Field("role", U8),
    3: Field("name", TEXT, optional=True),
    4: Field("signing", 32),
    5: Field("box", 32),
    6: Field("sources", TEXT, many=True),
    7: Field("void_after", (U64, 32), optional=True),
    8: Field("created", U64, optional=True),
}
SEALED_KEY_FIELDS = {
    1: Field("generation", U32),
    2: Field("kind", U8),
    3: Field("recipient", 16),
    4: Field("box", BYTES),
}
TRUST_FIELDS = {
    1: Field("number", U32),
    2: Field("previous", 32),
    3: Field("format", 32),
    4: Field("created", U64, optional=True),
    5: Field("keys", KEY_FIELDS, many=True),
    6: Field("generation", U32),
    7: Field("sealed_keys", SEALED_KEY_FIELDS, many=True),
    8: Field("floor", (U32, U64), optional=True),
    9: Field("max_run", U64, optional=True),
}


def key_id(signing):
    return sodium.blake2b(signing)[:16]


class Capability:
    """What the string says, and the keys that follow from its seed."""

    def __init__(self, text):
        text = text.strip()
        prefix, role, rest = (text.split("-", 2) + ["", ""])[:3]
        if prefix != "lifeboat" or role not in ROLES[1:] or not rest.startswith("1"):
            raise Usage("not a capability")
        encoded = rest[1:].upper()
        try:
            raw = base64.b32decode(encoded + "=" * (-len(encoded) % 8))
        except binascii.Error:
            raise Usage("capability: not base32") from None
        if base64.b32encode(raw).decode().rstrip("=") != encoded:
            raise Usage("capability: stray bits at its end")
        body, checksum = raw[:-8], raw[-8:]
        label = b"lifeboat/v1/capability\0" + role.encode() + b"\0"
        if len(raw) != 124 or sodium.blake2b(label + body)[:8] != checksum:
            raise Usage("capability: its checksum is wrong")
        cursor = Cursor(body, "capability")
        self.role = role
        self.vault, self.root_fingerprint = cursor.take(16), cursor.take(32)
        self.trust_number, self.trust_hash = cursor.number(4), cursor.take(32)
        seed = cursor.take(32)
        signing_seed = sodium.kdf(seed, 1, b"LBcapabl")
        self.key_id = key_id(sodium.signing_public_key(signing_seed))
        self.box_keys = sodium.box_keys(sodium.kdf(seed, 2, b"LBcapabl"))


class Trust:
    """The newest trust record, every signature and link up to it verified, and K_gen."""

    def __init__(self, directory, capability):
        self.capability, self.vault = capability, capability.vault
        self._read_format(directory)
        self._read_chain(directory)
        if capability.key_id not in self.keys:
            raise Denied("the newest trust record does not know this key")
        role = ROLES[self.keys[capability.key_id]["role"]]
        need(role == capability.role, "the trust record gives this key another role")
        self._open_keys()

    def signed(self, public, label, message, signature):
        return sodium.signed(public, signature, label + b"\0" + self.vault + message)

    def _read_format(self, directory):
        data = directory.read("format", 4 << 10)
        cursor = Cursor(data, "format")
        take_header(cursor, FORMAT, 0)
        fields = parse_fields(cursor.take(cursor.left()), FORMAT_FIELDS, "format")
        if (fields["vault"] != self.vault
                or sodium.blake2b(fields["root"]) != self.capability.root_fingerprint):
            raise Denied("the key belongs to another vault")
        need(fields["naming"] in (1, 2), "format: unknown naming mode")
        self.root, self.naming = fields["root"], fields["naming"]
        self.format_hash = sodium.sha256(data)

    def _read_chain(self, directory):
        first = self.capability.trust_number
        numbers = sorted(int(name) for name in directory.names("trust", r"[0-9]{10}"))
        if not numbers or numbers[-1] < first:
            raise Stale("the newest trust record is older than the key")
        previous, self.hashes = bytes(32) if first == 1 else None, {}
        for number in range(first, numbers[-1] + 1):
            what = f"trust/{number:010}"
            try:
                data = directory.read(what, 16 << 20)
            except NotFound:
                raise Stale(f"{what} is missing") from None
            body = self._verify_record(data, what)
            fields = parse_fields(body, TRUST_FIELDS, what)
            need(fields["number"] == number, f"{what}: it has another number")
            need(fields["format"] == self.format_hash, f"{what}: made for another format")
            if previous is not None:
                need(fields["previous"] == previous, f"{what}: it has another predecessor")
            previous = self.hashes[number] = sodium.sha256(data)
            if number == first and previous != self.capability.trust_hash:
                raise Stale(f"{what}: not the record that the key was made with")
        self.number, self.newest = numbers[-1], fields
        self.keys = {}
        for key in fields["keys"]:
            need(key["id"] == key_id(key["signing"]), f"{what}: a key has the id of another")
            need(key["id"] not in self.keys, f"{what}: a key occurs twice")
            need(1 <= key["role"] < len(ROLES), f"{what}: unknown role")
            self.keys[key["id"]] = key

    def _verify_record(self, data, what):
        cursor = Cursor(data, what)
        take_header(cursor, TRUST, 0)
        body = cursor.take(cursor.number(4))
        message = data[:cursor.at]
        signature = cursor.take(64)
        cursor.end()
        need(self.signed(self.root, b"lifeboat/v1/trust", message, signature),
             f"{what}: the signature is wrong")
        return body

    def _open_keys(self):
        """K_gen of every generation that is sealed to this identity."""
        self.generation_keys = {}
        me = self.capability.key_id
        for sealed in self.newest["sealed_keys"]:
            if sealed["recipient"] != me or sealed["kind"] != 1:
                continue
            generation = sealed["generation"]
            context = sodium.blake2b(b"lifeboat/v1/sealed-key\0" + self.vault + u32(generation)
                                     + u8(sealed["kind"]) + me)
            plain = sodium.open_box(sealed["box"], self.capability.box_keys)
            need(plain is not None and len(plain) == 64, "trust: a sealed key does not open")
            need(sodium.equal(plain[32:], context), "trust: a sealed key has another context")
            self.generation_keys[generation] = plain[:32]
        if not self.generation_keys:
            raise Denied("no generation key is sealed to this key")


class WriterKeys:
    """What a reader derives for one author in one generation (section 3)."""

    def __init__(self, trust, generation, author):
        if generation not in trust.generation_keys:
            raise Denied(f"no key of generation {generation}")
        key = trust.generation_keys[generation]
        where = trust.vault + u32(generation)

        def derive(root, label, *rest):
            return sodium.blake2b(b"lifeboat/v1/" + label + b"\0" + where + b"".join(rest), root)

        writer = derive(key, b"writer", author)
        index = derive(derive(key, b"index-root"), b"index", author)
        record = derive(derive(key, b"record-root"), b"record", author)
        self.chunk_id = sodium.kdf(writer, 1, b"LBwriter")
        self.row = sodium.kdf(writer, 2, b"LBwriter")[:16]
        self.list_id = sodium.kdf(index, 1, b"LBindex_")
        self.index = sodium.kdf(index, 2, b"LBindex_")
        self.record = sodium.kdf(record, 1, b"LBrecord")
