"""From an id to the plaintext: index segments, packs, sessions, blobs (sections 6, 7, 9 and 10)."""

import collections
import struct

import sodium
from trust import WriterKeys
from wire import (BYTES, Corrupt, Cursor, Denied, Field, INDEX, META, NotFound, PACK, SESSION, U8,
                  U32, U64, need, parse_fields, take_header, u8, u32, u64)

# Blob kinds (section 7)
CHUNK, BUNDLE, DOCUMENT, FACTS, LIST = range(1, 6)
PRIVATE = (BUNDLE, DOCUMENT, FACTS)
PACK_OF = {CHUNK: PACK, BUNDLE: PACK, DOCUMENT: META, FACTS: META, LIST: META}
MAX_PLAIN = 8 << 20
MAX_PACK = 64 << 20
MAX_AGAIN = 999

SESSION_FIELDS = {
    1: Field("vault", 16),
    2: Field("id", 16),
    3: Field("writer", 16),
    4: Field("trust", (U32, 32)),
    5: Field("started", U64, optional=True),
    6: Field("recipients", {1: Field("id", 16), 2: Field("box", BYTES)}, many=True),
}
SEGMENT_FIELDS = {
    1: Field("vault", 16),
    2: Field("writer", 16),
    3: Field("level", U8, optional=True),
    4: Field("sessions", 16, many=True),
    5: Field("ordinal", U32, optional=True),
}
Pack = collections.namedtuple("Pack", "hash length type")
Place = collections.namedtuple("Place", "generation session counter pack offset stored plain kind "
                                        "codec")


class Header:
    """One session header as stored: the plain one, or one that was sealed again."""

    def __init__(self, data, trust, generation, name):
        cursor = Cursor(data, name)
        take_header(cursor, SESSION, generation)
        body = cursor.take(cursor.number(4))
        self._message, self._mac, self._name = data[:cursor.at], cursor.take(32), name
        cursor.end()
        self._trust, self._generation = trust, generation
        self.fields = parse_fields(body, SESSION_FIELDS, name)
        need(self.fields["vault"] == trust.vault, f"{name}: of another vault")

    def require(self, session_id, writer):
        need(self.fields["id"] == session_id, f"{self._name}: of another session")
        need(self.fields["writer"] == writer, f"{self._name}: of another writer")

    def require_key(self, key):
        mac = sodium.blake2b(self._message, sodium.kdf(key, 4, b"LBsessn_"))
        need(sodium.equal(mac, self._mac), f"{self._name}: its MAC is wrong")

    def key(self):
        """The session key; None if it is not sealed to this reader."""
        trust, name = self._trust, self._name
        me = trust.capability.key_id
        boxes = [r["box"] for r in self.fields["recipients"] if r["id"] == me]
        if not boxes:
            return None
        context = sodium.blake2b(b"lifeboat/v1/session\0" + trust.vault + u32(self._generation)
                                 + self.fields["id"] + self.fields["writer"])
        plain = sodium.open_box(boxes[0], trust.capability.box_keys)
        need(plain is not None and len(plain) == 96, f"{name}: its box does not open")
        key, commitment = plain[:32], sodium.kdf(plain[:32], 3, b"LBsessn_")
        need(sodium.equal(plain[32:64], commitment), f"{name}: its commitment is wrong")
        need(sodium.equal(plain[64:], context), f"{name}: its box has another context")
        self.require_key(key)
        return key


class Session:
    """The keys of one session, from its header.

    expected_hash: of the plain header, as a record names it; None where only a record named it that
    a sweep removed. Then the signed index says of which session a blob is, and no key of another
    header opens it.
    """

    def __init__(self, directory, trust, generation, session_id, writer, expected_hash):
        name = f"g{generation}/session/{session_id.hex()}"
        data = directory.read(name, 1 << 20)
        need(expected_hash in (None, sodium.sha256(data)), f"{name}: the record names another one")
        plain = Header(data, trust, generation, name)
        plain.require(session_id, writer)
        key = plain.key() or self._key_again(directory, trust, generation, plain, name)
        self.data_key = sodium.kdf(key, 1, b"LBsessn_")
        self.meta_key = sodium.kdf(key, 2, b"LBsessn_")
        self.private_id_key = sodium.kdf(key, 5, b"LBsessn_")

    @staticmethod
    def _key_again(directory, trust, generation, plain, name):
        """Of the first header sealed again that is good and sealed to this reader (6.1)."""
        passed_over = None
        for number in range(1, MAX_AGAIN + 1):
            try:
                data = directory.read(f"{name}.{number}", 1 << 20)
                again = Header(data, trust, generation, f"{name}.{number}")
                again.require(plain.fields["id"], plain.fields["writer"])
                key = again.key()
                if key is not None:
                    plain.require_key(key)
                    return key
            except NotFound:
                break
            except Corrupt as error:
                passed_over = passed_over or error
        raise passed_over or Denied(f"{name}: it is not sealed to this key")


class Index:
    """Where each blob of one snapshot's live set lies."""

    ENTRY = struct.Struct("<32sIQIIIIB")

    def __init__(self, directory, trust, record):
        self.places = {}
        for digest, generation, length in record.public["segments"]:
            name = f"g{generation}/index/{digest.hex()}"
            data = directory.read(name, 80 << 20)
            need(sodium.sha256(data) == digest and len(data) == length,
                 f"{name}: the record names another one")
            self._read(self._open(trust, record.author, generation, name, data), generation, name)

    @staticmethod
    def _open(trust, author, generation, name, data):
        cursor = Cursor(data, name)
        take_header(cursor, INDEX, generation)
        public_bytes = cursor.take(cursor.number(4))
        sealed = cursor.take(cursor.number(4))
        message, signature = data[:cursor.at], cursor.take(64)
        cursor.end()
        need(trust.signed(trust.keys[author]["signing"], b"lifeboat/v1/index", message, signature),
             f"{name}: the signature is wrong")
        public = parse_fields(public_bytes, SEGMENT_FIELDS, name)
        need(public["vault"] == trust.vault, f"{name}: of another vault")
        need(public["writer"] == author, f"{name}: of another writer")
        additional = (u8(1) + trust.vault + u32(generation) + u8(INDEX) + author
                      + sodium.sha256(public_bytes))
        plain = sodium.open_aead(sealed[24:], additional, sealed[:24],
                                 WriterKeys(trust, generation, author).index)
        need(plain is not None, f"{name}: it does not open")
        return plain

    def _read(self, plain, generation, name):
        cursor = Cursor(plain, name)
        sessions = [cursor.take(16) for _ in range(cursor.number(4))]
        packs = [Pack(cursor.take(32), cursor.number(4), cursor.number(1))
                 for _ in range(cursor.number(4))]
        count, last = cursor.number(4), b""
        need(count <= 1 << 20, f"{name}: too many entries")
        for blob, session, counter, pack, offset, stored, length, kind_codec in \
                self.ENTRY.iter_unpack(cursor.take(count * self.ENTRY.size)):
            need(blob > last, f"{name}: its entries are not in order")
            need(session < len(sessions) and pack < len(packs), f"{name}: an entry points nowhere")
            last = blob
            self.places[blob] = Place(generation, sessions[session], counter, packs[pack], offset,
                                      stored, length, kind_codec >> 4, kind_codec & 15)
        cursor.end()


class Packs:
    """Packs as stored, each verified by its hash; the last few are kept."""

    KEPT = 4

    def __init__(self, directory):
        self._directory, self._kept = directory, collections.OrderedDict()

    def get(self, generation, pack):
        if pack.hash in self._kept:
            self._kept.move_to_end(pack.hash)
            return self._kept[pack.hash]
        need(pack.type in (PACK, META), "index: a pack of an unknown type")
        folder = "pack" if pack.type == PACK else "meta"
        digest = pack.hash.hex()
        name = f"g{generation}/{folder}/{digest[:2]}/{digest}"
        data = self._directory.read(name, MAX_PACK)
        need(sodium.sha256(data) == pack.hash, f"{name}: it has another hash")
        need(len(data) == pack.length, f"{name}: it has another length")
        cursor = Cursor(data, name)
        take_header(cursor, pack.type, generation)
        need(data[-8:] == b"LBPACK01", f"{name}: its end is not that of a pack")
        self._kept[pack.hash] = data
        if len(self._kept) > self.KEPT:
            self._kept.popitem(last=False)
        return data


class Blobs:
    """Plaintexts by id, for one snapshot: authenticated, decompressed, compared with the id."""

    def __init__(self, directory, trust, record, session_hashes):
        self._directory, self._trust, self._record = directory, trust, record
        self._session_hashes, self._sessions, self._keys = session_hashes, {}, {}
        self._index, self._packs = Index(directory, trust, record), Packs(directory)
        for session in record.public["sessions"]:
            self._session(session["generation"], session["id"])

    def keys(self, generation):
        if generation not in self._keys:
            self._keys[generation] = WriterKeys(self._trust, generation, self._record.author)
        return self._keys[generation]

    def generation_of(self, blob):
        return self._place(blob).generation

    def get(self, blob, kinds, length=None):
        """`length`: what the list says that the plaintext has."""
        place, what = self._place(blob), f"blob {blob.hex()[:16]}"
        need(place.kind in kinds, f"{what}: kind {place.kind} instead of {kinds}")
        need(length in (None, place.plain), f"{what}: the list names another length")
        need(place.plain <= MAX_PLAIN, f"{what}: too long")
        need(place.pack.type == PACK_OF[place.kind], f"{what}: in a pack of the other type")
        data = self._packs.get(place.generation, place.pack)
        need(place.offset + place.stored <= len(data), f"{what}: not inside its pack")
        plain = self._open(blob, place, data[place.offset:place.offset + place.stored], what)
        need(self._id(place, plain) == blob, f"{what}: its id belongs to other bytes")
        return plain

    def _place(self, blob):
        if blob not in self._index.places:
            raise Corrupt(f"blob {blob.hex()[:16]}: in no index segment")
        return self._index.places[blob]

    def _open(self, blob, place, stored, what):
        trust, kind = self._trust, u8(place.kind)
        tail = blob + u32(place.plain) + u8(place.codec)
        where = u8(1) + trust.vault + u32(place.generation)
        if place.kind == LIST:
            nonce, sealed = stored[:24], stored[24:]
            additional = where + kind + self._record.author + tail
            key = self.keys(place.generation).index
        else:
            nonce, sealed = b"LBn1" + kind + bytes(3) + u64(place.counter) + bytes(8), stored
            additional = where + place.session + kind + tail
            session = self._session(place.generation, place.session)
            key = session.data_key if PACK_OF[place.kind] == PACK else session.meta_key
        coded = sodium.open_aead(sealed, additional, nonce, key)
        need(coded is not None, f"{what}: it does not open")
        need(place.codec in (0, 1), f"{what}: unknown codec")
        plain = coded if place.codec == 0 else sodium.decompress(coded, place.plain)
        need(plain is not None and len(plain) == place.plain, f"{what}: it has another length")
        return plain

    def _id(self, place, plain):
        if place.kind in PRIVATE:
            session = self._session(place.generation, place.session)
            return sodium.blake2b(u8(place.kind) + plain, session.private_id_key)
        keys = self.keys(place.generation)
        return sodium.blake2b(plain, keys.chunk_id if place.kind == CHUNK else keys.list_id)

    def _session(self, generation, session_id):
        at = (generation, session_id)
        if at not in self._sessions:
            self._sessions[at] = Session(self._directory, self._trust, *at, self._record.author,
                                         self._session_hashes.get(at))
        return self._sessions[at]
