#!/usr/bin/env python3
"""Makes tests/fuzz/corpus: what the fuzz targets start from.

usage: make_corpus.py CORPUS

Takes the objects of tests/vectors/v1 apart, down to the bytes that each target wraps again, and adds
cases made by hand. Replaces files of the same name and leaves others: what a fuzzer found stays.
The corpus is in the repository; this is for whoever adds a parser or a field.
"""

import base64
import ctypes
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "vectors"))

import sodium  # noqa: E402
from blobs import DOCUMENT, FACTS, LIST, Blobs  # noqa: E402
from directory import Directory  # noqa: E402
from records import History  # noqa: E402
from streams import BLOBS_LIST, RANGES_LIST, STREAMS_LIST  # noqa: E402
from streams import DOCUMENT_STREAM, RANGE_FIELDS, STREAM_FIELDS  # noqa: E402
from trust import Capability, Trust, WriterKeys  # noqa: E402
from wire import INDEX, RECORD, SNAPSHOT, Cursor, parse_fields, u8, u32, u64  # noqa: E402

VECTORS = HERE.parent / "vectors" / "v1"
ID = b"lifeboat fuzzing"
NONE, SIGNED, COMPLETE = u8(0), u8(1), u8(2)
SIGNATURE = 64

_zstd = ctypes.CDLL("libzstd.so.1")
_zstd.ZSTD_compress.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t,
                                ctypes.c_int]
_zstd.ZSTD_compress.restype = ctypes.c_size_t


def compress(data):
    out = ctypes.create_string_buffer(len(data) + 1024)
    return out.raw[:_zstd.ZSTD_compress(out, len(out), data, len(data), 1)]


def sized(data):
    return u32(len(data)) + data


def field(number, value, critical=True):
    return (number | (0x8000 if critical else 0)).to_bytes(2, "little") + sized(value)


class Corpus:
    def __init__(self, root):
        self.root = root

    def add(self, target, name, data):
        folder = self.root / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


class Opened:
    """One vault of the vectors, with its keys."""

    def __init__(self, name):
        self.name, self.path = name, VECTORS / name / "vault"
        text = (VECTORS / name / "test-only-identity.key").read_text(encoding="ascii")
        self.directory = Directory(self.path)
        self.trust = Trust(self.directory, Capability(text))
        self.history = History(self.directory, self.trust)

    def files(self, pattern):
        return [path.read_bytes() for path in sorted(self.path.glob(pattern))]

    def frame(self, stored, kind):
        """(public fields, plaintext) of a record or an index segment, with ids of nobody."""
        cursor = Cursor(stored, "a frame")
        generation = int.from_bytes(cursor.take(16)[12:], "little")
        public = cursor.take(cursor.number(4))
        sealed = cursor.take(cursor.number(4))
        vault, author = public[6:22], public[28:44]  # fields 1 and 2, of 16 bytes each
        keys = WriterKeys(self.trust, generation, author)
        additional = (u8(1) + vault + u32(generation) + u8(kind) + author
                      + sodium.sha256(public))
        plain = sodium.open_aead(sealed[24:], additional, sealed[:24],
                                 keys.index if kind == INDEX else keys.record)
        return public.replace(vault, ID).replace(author, ID), plain


def add_signed(corpus, vault):
    for number, stored in enumerate(vault.files("trust/*")):
        body = stored[20:-SIGNATURE]
        corpus.add("trust", f"{vault.name}-{number}", COMPLETE + body)
        corpus.add("trust", f"{vault.name}-{number}-signed", SIGNED + stored[:-SIGNATURE])
    for target, pattern, kind in (("index", "g*/index/*", INDEX),
                                  ("snapshot", "snapshot/*/*", SNAPSHOT),
                                  ("record", "record/*/*", RECORD)):
        for number, stored in enumerate(vault.files(pattern)[:2]):
            public, plain = vault.frame(stored, kind)
            corpus.add(target, f"{vault.name}-{number}", COMPLETE + sized(public) + plain)
            if number == 0:
                corpus.add(target, f"{vault.name}-signed", SIGNED + stored[:-SIGNATURE])
                corpus.add(target, f"{vault.name}-stored", NONE + stored)
    for stored in vault.files("g1/session/*")[:1]:
        corpus.add("session", vault.name, COMPLETE + stored[20:-32])
        corpus.add("session", f"{vault.name}-stored", NONE + stored)
    for stored in vault.files("g1/meta/*/*")[:1]:
        corpus.add("pack", f"{vault.name}-stored", NONE + u8(1) + stored)


def entries(plain, kind):
    """The ids that a list of level 0 names."""
    cursor = Cursor(plain, "a list")
    cursor.take(2)
    for _ in range(cursor.number(4)):
        if kind == BLOBS_LIST:
            yield cursor.take(36)[:32]
        else:
            table = RANGE_FIELDS if kind == RANGES_LIST else STREAM_FIELDS
            yield parse_fields(cursor.take(cursor.number(2)), table, "an entry")


def add_lists(corpus, vault):
    record = vault.history.find("latest")
    blobs = Blobs(vault.directory, vault.trust, record, vault.history.session_hashes())

    def add(root, kind, name):
        plain = blobs.get(root, (LIST,))
        corpus.add("list", f"{vault.name}-{name}", u8(kind - 1) + sized(plain))
        return list(entries(plain, kind))

    for number, stream in enumerate(add(record.sealed["root"], STREAMS_LIST, "streams")):
        if stream["kind"] == DOCUMENT_STREAM:
            for blob in add(stream["list"], BLOBS_LIST, f"document-{number}"):
                document = blobs.get(blob, (DOCUMENT,))[:1 << 12]
                corpus.add("zstd", f"{vault.name}-{number}",
                           u32(len(document)) + compress(document))
            continue
        for one in add(stream["list"], RANGES_LIST, f"ranges-{number}")[:1]:
            corpus.add("facts", f"{vault.name}-{number}", blobs.get(one["facts"], (FACTS,)))
            add(one["list"], BLOBS_LIST, f"blobs-{number}")


def add_lists_by_hand(corpus):
    def plain(kind, level, body, count):
        return sized(u8(kind) + u8(level) + u32(count) + body)

    leaf = plain(1, 0, bytes([7] * 32) + u32(9), 1)
    below = bytes([1] * 32)
    corpus.add("list", "two-levels", u8(0) + plain(1, 1, below * 3, 3) + leaf)
    tower = b"".join(plain(1, level, bytes([8 - level + 1] * 32) * 2, 2)
                     for level in range(8, 0, -1))
    corpus.add("list", "nine-levels", u8(0) + tower + leaf)
    corpus.add("list", "too-many", u8(0) + plain(1, 0, bytes(36), 0xFFFFFFFF))
    corpus.add("list", "itself", u8(0) + plain(1, 1, bytes(32), 1))


def add_blobs(corpus):
    rows = b"".join(b"%d\tcustomer %d\tpaid\n" % (n, n * 7919) for n in range(40))
    frame = compress(rows)
    for kind in (1, 5):
        corpus.add("blob", f"raw-{kind}", u8(kind * 16) + u32(len(rows)) + rows)
        corpus.add("blob", f"zstd-{kind}", u8(kind * 16 + 1) + u32(len(rows)) + frame)
        corpus.add("blob", f"longer-{kind}", u8(kind * 16 + 1) + u32(8 << 20) + frame)
        corpus.add("blob", f"shorter-{kind}", u8(kind * 16 + 1) + u32(1) + frame)
        corpus.add("blob", f"codec-{kind}", u8(kind * 16 + 2) + u32(len(rows)) + rows)
        corpus.add("blob", f"too-long-{kind}", u8(kind * 16 + 1) + u32((8 << 20) + 1) + frame)
    corpus.add("blob", "empty", u8(16) + u32(0))
    bomb = compress(bytes(8 << 20))
    corpus.add("zstd", "zeros", u32(8 << 20) + bomb)
    corpus.add("zstd", "zeros-refused", u32(64) + bomb)
    corpus.add("zstd", "two-frames", u32(2 * len(rows)) + frame + frame)
    corpus.add("zstd", "skippable", u32(len(rows)) + b"\x50\x2a\x4d\x18" + sized(b"skip") + frame)
    corpus.add("zstd", "cut", u32(len(rows)) + frame[:-9])
    corpus.add("zstd", "nothing", u32(0))


def add_packs(corpus):
    def entry(offset, stored, kind_codec):
        return (bytes(32) + u64(1) + u32(offset) + u32(stored) + u32(stored) + u8(kind_codec))

    corpus.add("pack", "honest", SIGNED + u8(0) + b"1\tone row\n")
    for name, count, body in (("empty", 0, b""), ("one", 1, entry(20, 30, 16)),
                              ("list", 1, entry(20, 40, 80)), ("count", 2, entry(20, 30, 16)),
                              ("far", 1, entry(0xFFFFFFFF, 0xFFFFFFFF, 16)),
                              ("kind", 1, entry(20, 30, 255))):
        corpus.add("pack", f"directory-{name}",
                   COMPLETE + u8(0) + sized(bytes(64)) + u32(count) + body)


def add_names(corpus):
    digest = "0123456789abcdef" * 4
    for number, name in enumerate((
            "format", "trust/0000000001", "trust/4294967296", f"g1/session/{digest[:32]}",
            f"g1/session/{digest[:32]}.2", f"g2/pack/01/{digest}", f"g2/meta/01/{digest}",
            f"g2/pack/02/{digest}", f"g4294967295/index/{digest}", f"snapshot/{digest[:32]}/" +
            "f" * 15 + "e", f"record/{digest[:32]}/" + "0" * 16,
            f"snapshot/{digest[:32]}/roll/0000000001", "probe/x", ".tmp-1", "g/index/", "",
            "g1/mark/0000000007", "g1/mark/0000000000")):
        corpus.add("names", f"{number:02}", name.encode())


def add_rolls(corpus):
    def roll(records, count=None, generation=0):
        head = b"LIFEBOAT" + u8(12) + u8(1) + u8(0) + u8(0) + u32(generation)
        return head + u32(len(records) if count is None else count) + b"".join(map(sized, records))

    one = [b"record %d" % n for n in range(128)]
    for name, data in (("records", roll(one)), ("empty-records", roll([b""] * 128)),
                       ("one-less", roll(one[1:])), ("count", roll(one, 0xFFFFFFFF)),
                       ("generation", roll(one, generation=1)), ("more", roll(one) + b"more"),
                       ("cut", roll(one)[:-1]), ("length", roll(one)[:20] + u32(0xFFFFFFFF))):
        corpus.add("roll", name, data)


def add_capabilities(corpus):
    for role in ("admin", "identity", "writer", "viewer", "operator", "pruner"):
        body = ID + bytes(32) + u32(1) + bytes(32) + b"only for tests, for nothing else"
        check = sodium.blake2b(b"lifeboat/v1/capability\0" + role.encode() + b"\0" + body)[:8]
        text = base64.b32encode(body + check).decode().rstrip("=").lower()
        corpus.add("capability", role, f" lifeboat-{role}-1{text}\n".encode())
    corpus.add("capability", "short", b"lifeboat-writer-1")
    corpus.add("capability", "empty", b"")


CATALOGUE = {
    "format": 1, "encoding": "UTF8", "collate": "C.UTF-8", "ctype": "C.UTF-8",
    "lc_monetary": "C.UTF-8", "block_size": 8192, "roles": ["shop"],
    "database_settings": ["work_mem=4MB"],
    "tables": [{"oid": 16385, "schema": "public", "name": "orders", "kind": "r", "heap": True,
                "populated": True, "readable": True, "filenode": 16385, "toast_filenode": 0,
                "blocks": 12, "total_bytes": 98304, "parent": 0, "extension_member": False,
                "extension_condition": "", "key": ["id"],
                "columns": [{"name": "id", "type": "bigint", "number": 1, "not_null": True,
                             "generated": False},
                            {"name": {"hex": "ff"}, "type": "text", "number": 2,
                             "not_null": False, "generated": True}]}],
    "sequences": [{"schema": "public", "name": "orders_id_seq", "last_value": 9,
                   "is_called": True, "increment": -1}],
    "large_objects": [{"oid": 16400, "size_bytes": 4, "owner": "shop", "comment": "", "acl": ""}],
    "items": [{"kind": "table", "identity": "public.orders", "definition": "ordinary"}],
}
IDENTITY = {"format": 1, "host": "/run/postgresql", "port": "5432", "database": "shop",
            "database_oid": 16384, "user": "shop", "system_identifier": "7012345678901234567",
            "server_version": 150020, "server_version_text": "15.20", "in_recovery": False}
CAPTURE = {"at": "2026-11-23T03:12:00.000Z", "identity": IDENTITY, "rows": 3,
           "snapshot_name": "00000003-00000002-1", "wal_position": "0/1A2B3C",
           "pg_dump_version": "15.20", "archive_version": "1.14-0", "copy_bytes": 40,
           "connections": 2}


def add_documents(corpus):
    def text(document):
        return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()

    corpus.add("catalogue", "full", text(CATALOGUE))
    corpus.add("catalogue", "empty-arrays",
               text({name: [] if isinstance(value, list) else value
                     for name, value in CATALOGUE.items()}))
    corpus.add("catalogue", "no-kind",
               text(CATALOGUE | {"tables": [CATALOGUE["tables"][0] | {"kind": ""}]}))
    corpus.add("catalogue", "numbers", text(CATALOGUE | {"block_size": 1e300, "tables": {}}))
    corpus.add("catalogue", "odd-hex", text(CATALOGUE | {"encoding": {"hex": "f"}}))
    corpus.add("catalogue", "deep", b'{"format":1,"tables":' + b"[" * 2000)
    corpus.add("capture", "full", text(CAPTURE))
    corpus.add("capture", "identity", text(IDENTITY))
    corpus.add("capture", "no-identity", text({"identity": None}))
    corpus.add("capture", "deep", b'{"identity":' + b"[" * 2000 + b"]" * 2000 + b"}")


def add_archives(corpus):
    whole = (HERE.parent / "data" / "tiny-archive-1.14.dump").read_bytes()
    corpus.add("archive", "tiny", whole)
    corpus.add("archive", "head", whole[:131])
    corpus.add("archive", "newer", whole[:6] + u8(99) + whole[7:])
    corpus.add("archive", "wide-integers", whole[:8] + u8(8) + whole[9:])
    statements = {
        "unique": ("CONSTRAINT", "ALTER TABLE ONLY public.orders\n    ADD CONSTRAINT orders_pkey "
                   "PRIMARY KEY (id) INCLUDE (total) WITH (fillfactor='70') DEFERRABLE;\n\nALTER "
                   "TABLE public.orders CLUSTER ON orders_pkey;\n"),
        "nulls": ("CONSTRAINT", "ALTER TABLE ONLY \"odd \"\" (s\".\"t;able\"\n    ADD CONSTRAINT "
                  "\"a )b\" UNIQUE NULLS NOT DISTINCT (\"x)\", y);\n"),
        "foreign-key": ("FK CONSTRAINT", "ALTER TABLE ONLY app.a\n    ADD CONSTRAINT \"f k\" "
                        "FOREIGN KEY (x) REFERENCES app.b(id) ON DELETE CASCADE;\n"),
        "index": ("INDEX", "CREATE INDEX i ON ONLY public.t USING btree (lower(a), b DESC) WHERE "
                  "(a > ';'::text);\nALTER INDEX public.i ALTER COLUMN 1 SET STATISTICS 10;\n"),
        "grants": ("ACL", "REVOKE ALL ON TABLE public.\"a;b\" FROM shop;\nGRANT SELECT ON TABLE "
                   "public.\"a;b\" TO PUBLIC;\nCOMMENT ON TABLE x IS 'it''s; so';\n"),
        "extension": ("EXTENSION", "CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA \"a b\";\n"),
        "function": ("FUNCTION", "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS "
                     "$_$SELECT 1;$_$;\n"),
        "listing": ("TABLE", "; Archive created\n1; 0 0 TABLE public orders shop\n2; x\n"),
    }
    for name, (kind, sql) in statements.items():
        corpus.add("statement", name, f"{kind}\nshop\npublic.orders\n{sql}".encode())


def add_settings(corpus):
    corpus.add("config", "example", (HERE.parents[1] / "lifeboat.example.toml").read_bytes())
    corpus.add("config", "every-kind", b"""[vault]
url = "/srv/vault"
copy = ["/mnt/vault"]
max_behind = "1h30m"
[source.a]
kind = "redis"
url = "unix:///run/redis.sock"
role = "cache"
[source.b]
kind = "heroku"
app = "shop"
token = "env:TOKEN"
[source.c]
kind = "cloudflare"
zone = "shop.example"
token = "cmd:cat token"
[source.d]
kind = "memcached"
url = "localhost:11211"
accept = ["public.legacy"]
[keep]
last = 3
yearly = 1
""")
    for name, text in (("unknown", b"[vualt]\nurl='x'\n"), ("type", b"[vault]\nurl=1\n"),
                       ("password", b"[source.x]\nkind='postgres'\nurl='postgres://u:p@h/d'\n"),
                       ("dates", b"keep = 1979-05-27T07:32:00-08:00\n"),
                       ("numbers", b"[keep]\nlast=9223372036854775807\ndaily=0x7fffffffff\n"),
                       ("outside", b"source.x=1\n"), ("quotes", b"\"\" = '''\n'''\n"),
                       ("deep", b"a=" + b"[" * 300), ("utf8", b"a=\"\xff\"\n"), ("empty", b"")):
        corpus.add("config", name, text)


def add_memcached(corpus):
    for name, text in (
            ("url", b"memcached://joe:hunter%402@cache.example:11211,[::1]:7"),
            ("list", b"a:1,b:2,c"), ("socket", b"unix:///run/memcached%20one.sock"),
            ("stats", b"STAT curr_items 12\nSTAT version 1.6.18\nSTAT 1:used_chunks 7\nEND\n"),
            ("keys", b"key=a%20b exp=-1 la=1 cas=1 fetch=no cls=1 size=61\n"
             b"key=c exp=1800000060 size=7\nkey=d exp=1799999999 size=-7\nEND\n"),
            ("refusal", b"CLIENT_ERROR \x1b[31munauthenticated\nBUSY\n"),
            ("inventory", b'{"format":1,"servers":[{"address":"a:1","items":3,"bytes":9,"hits":1,'
             b'"misses":2,"limit_bytes":64,"evictions":0,"uptime_s":86400}]}'),
            ("inventory-redis", b'{"format":1,"address":"redis://a","databases":[{"keys":7}],'
             b'"used_bytes":8,"hits":18446744073709551615,"misses":1}')):
        corpus.add("memcached", name, text)


def add_stores(corpus):
    entry = (b"<Contents><Key>shop/format</Key><LastModified>2026-11-25T10:00:01.987Z</LastModified>"
             b"<ETag>&quot;x&quot;</ETag><Size>184</Size></Contents>")
    page = (b'<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns='
            b'"http://s3.amazonaws.com/doc/2006-03-01/"><Name>vaults</Name>')
    corpus.add("s3", "list", page + b"<IsTruncated>false</IsTruncated>" + entry * 2 +
               b"</ListBucketResult>")
    corpus.add("s3", "truncated", page + b"<IsTruncated>true</IsTruncated><NextContinuationToken>"
               b"a/b=</NextContinuationToken>" + entry + b"</ListBucketResult>")
    corpus.add("s3", "error", b"<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1"
               b"</Region></Error>")
    corpus.add("s3", "entities", b'<!DOCTYPE a [<!ENTITY e "eeee"><!ENTITY f "&e;&e;">]><Error>'
               b"<Code>&f;&#65;</Code></Error>")
    corpus.add("s3", "deep", b"<a>" * 2000)
    corpus.add("s3", "date", b"Wed, 25 Nov 2026 16:30:00 GMT")
    corpus.add("s3", "url", b"s3://acme-dr/shop/a?region=eu-central-1&endpoint=http://[::1]:9000"
               b"&insecure=true&style=virtual")


def big_endian_length(number):
    if number < 0x40:
        return u8(number)
    if number < 0x4000:
        return (0x4000 | number).to_bytes(2, "big")
    return b"\x81" + number.to_bytes(8, "big")


def rdb_text(data):
    return big_endian_length(len(data)) + data


def listpack(*elements):
    body = b"".join(u8(0x80 | len(one)) + one + u8(len(one) + 1) for one in elements)
    return u32(len(body) + 7) + len(elements).to_bytes(2, "little") + body + b"\xff"


def ziplist(*elements):
    body = b"".join(u8(0) + u8(len(one)) + one for one in elements)
    return u32(len(body) + 11) + u32(10) + len(elements).to_bytes(2, "little") + body + b"\xff"


def rdb_values():
    """Of each type of an RDB: (type, value)."""
    text, length = rdb_text, big_endian_length
    one = length(1)
    yield 0, text(b"plain")
    yield 0, b"\xc1\xfe\xff"
    yield 0, b"\xc3" + length(5) + length(8) + b"\x01ab\x80\x01"
    yield 1, length(2) + text(b"a") + b"\xc0\x07"
    yield 2, length(2) + text(b"a") + text(b"a")
    yield 3, length(2) + text(b"m") + b"\x031.5" + text(b"n") + b"\xfe"
    yield 4, one + text(b"field") + text(b"value")
    yield 5, one + text(b"m") + b"\x00\x00\x00\x00\x00\x00\x04\x40"
    yield 7, length(99) + one + length(5) + b"\x03ffff\x04dddddddd\x05" + text(b"s") + b"\x00"
    yield 10, text(ziplist(b"a", b"b"))
    yield 11, text(u32(2) + u32(2) + b"\xff\xff\x01\x00")
    for kind in (12, 13):
        yield kind, text(ziplist(b"1", b"2"))
    yield 14, one + text(ziplist(b"a"))
    for kind in (16, 17, 20):
        yield kind, text(listpack(b"1", b"2"))
    yield 18, length(2) + one + text(b"long element") + length(2) + text(listpack(b"a", b"b"))
    node = listpack(b"1", b"0", b"1", b"f", b"0", b"2", b"0", b"0", b"v", b"4")
    for kind in (15, 19, 21):
        yield kind, (one + text(b"i" * 16) + text(node) + one * (8 if kind > 15 else 3) + one
                     + text(b"group") + one * (3 if kind > 15 else 2) + one + b"p" * 24 + one + one
                     + text(b"consumer") + b"t" * (16 if kind > 19 else 8) + one + b"q" * 16)
    yield 24, b"e" * 8 + one + b"\x00" + text(b"f") + text(b"v")
    yield 25, b"e" * 8 + text(b"blob")


def rdb_head(version=b"REDIS0010"):
    return version + b"\xfa" + rdb_text(b"ctime") + rdb_text(b"1800000000")


def add_redis(corpus):
    every = b"".join(u8(kind) + rdb_text(b"key%d" % at) + value
                     for at, (kind, value) in enumerate(rdb_values()))
    marks = (b"\xf5" + rdb_text(b"#!lua name=a") + b"\xf7\x07\x02\x01\x05" + rdb_text(b"aux") + b"\x00"
             + b"\xfe\x00\xfb\x03\x01\xfc" + u64(4_000_000_000_000) + b"\xf8\x07\x00"
             + rdb_text(b"a") + rdb_text(b"b") + b"\xfd" + u32(2_000_000_000) + b"\xf9\x80\x00"
             + rdb_text(b"c") + rdb_text(b"d") + b"\xfe\x41\x00")
    corpus.add("rdb", "every-type", u8(1) + rdb_head() + marks + every)
    corpus.add("rdb", "valkey", u8(1) + rdb_head(b"VALKEY080") + u8(22) + rdb_text(b"h") + u8(1)
               + rdb_text(b"f") + rdb_text(b"v") + u64(4_000_000_000_000))
    corpus.add("rdb", "no-checksum", u8(0) + rdb_head() + marks + b"\xff" + bytes(8))
    corpus.add("rdb", "promises", u8(1) + rdb_head() + b"\x02" + rdb_text(b"k") + b"\x81" + b"\x7f" * 8)
    for at, (kind, value) in enumerate(rdb_values()):
        corpus.add("rdb", f"value-{kind}-{at}", u8(2) + u8(kind) + value)
        corpus.add("payload", f"{kind}-{at}", u8(kind) + value)
    add_key_records(corpus)
    add_marks(corpus)
    add_replies(corpus)


def add_marks(corpus):
    """Public fields of marks (second byte 0) and of sweep records (1)."""
    def link(seq=7):
        return (field(1, ID) + field(2, ID) + field(3, u64(seq)) + field(4, bytes(32))
                + field(5, u32(1) + bytes(32)) + field(10, u64(1), False) + field(11, u64(2), False))

    objects = b"".join(u32(1) + u8(kind) + bytes([kind]) * 32 for kind in (4, 5, 6))
    sessions = u32(1) + b"s" * 16
    stones = ID + u64(3) + b"i" * 32 + b"p" * 32
    heads = ID + u64(9)
    marks = {"everything": link() + field(18, objects) + field(19, sessions) + field(22, b"f" * 64),
             "nothing": link(),
             "another-number": link(8) + field(18, objects),
             "another-generation": link() + field(18, u32(2) + u8(4) + bytes(32)),
             "a-record": link() + field(18, u32(1) + u8(8) + bytes(32)),
             "cut-short": link() + field(18, objects[:-1]) + field(22, b"f" * 31),
             "no-author": field(1, ID) + field(3, u64(7))}
    sweeps = {"everything": link() + field(17, u32(1) + u32(7)) + field(17, u32(2) + u32(1))
              + field(18, objects) + field(19, sessions) + field(20, stones) + field(21, heads),
              "no-mark": link() + field(18, objects),
              "mark-zero": link() + field(17, u32(1) + u32(0)) + field(21, heads),
              "one-generation-twice": link() + field(17, u32(1) + u32(7)) * 2 + field(21, heads),
              "half-a-tombstone": link() + field(17, u32(1) + u32(7)) + field(20, stones[:50])}
    for name, fields in marks.items():
        corpus.add("mark", "mark-" + name, COMPLETE + u8(0) + fields)
    for name, fields in sweeps.items():
        corpus.add("mark", "sweep-" + name, COMPLETE + u8(1) + fields)
    frame = b"LIFEBOAT" + u8(9) + u8(1) + u8(0) + u8(0) + u32(1) + sized(link()) + sized(bytes(40))
    corpus.add("mark", "mark-frame", SIGNED + u8(0) + frame)
    corpus.add("mark", "mark-unsigned", NONE + u8(0) + frame + bytes(SIGNATURE))


def add_key_records(corpus):
    def record(tag, key, body, expiry=2**64 - 1):
        rest = u8(tag) + u32(3) + u64(expiry) + sized(key) + body
        return sized(rest)

    def piece(kind, number, last, *elements):
        return u8(kind) + u32(number) + u8(last) + b"".join(map(sized, elements))
    value = record(1, b"k", b"\x00" + rdb_text(b"plain") + b"\x0a\x00" + bytes(8), 4_000_000_000_000)
    pieces = b"".join(record(2, b"kind%d" % kind, piece(kind, 0, 0, *elements))
                      + record(2, b"kind%d" % kind, piece(kind, 1, 1))
                      for kind, elements in ((1, (b"bytes",)), (2, (b"a", b"b")), (3, (b"m",)),
                                             (4, (b"m", b"1.5")), (5, (b"f", b"v"))))
    corpus.add("keys", "every-tag", value + record(3, b"k", b"") + pieces)
    corpus.add("keys", "number-missing", record(2, b"k", piece(2, 1, 1)))
    corpus.add("keys", "empty", b"")


def add_replies(corpus):
    replies = (b"+OK\r\n-ERR no\r\n:-7\r\n$3\r\na\r\n\r\n$-1\r\n*2\r\n$1\r\na\r\n*0\r\n"
               b"_\r\n#t\r\n,1.5\r\n(123456789012345678901\r\n=7\r\ntxt:abc\r\n!5\r\nERR a\r\n"
               b"%1\r\n+k\r\n:1\r\n~1\r\n:1\r\n>2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n"
               b"|1\r\n+a\r\n+b\r\n:1\r\n")
    corpus.add("resp", "every-kind", u8(2) + replies)
    corpus.add("resp", "deep", u8(0) + b"*1\r\n" * 40)
    corpus.add("resp", "promises", u8(0) + b"*16000000\r\n$500000000\r\n")
    for name, url in (("tcp", b"redis://shop:p%40ss@db.example:6379/2"), ("tls", b"rediss://:pw@h"),
                      ("socket", b"unix://u:p@/run/redis.sock?db=3"),
                      ("address", b"redis://[::1]:6380")):
        corpus.add("address", name, url)


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    corpus = Corpus(pathlib.Path(arguments[0]))
    for name in sorted(path.name for path in VECTORS.iterdir() if path.is_dir()):
        vault = Opened(name)
        if name in ("empty-source", "short-rows"):
            corpus.add("format", name, vault.files("format")[0])
        if name in ("short-rows", "two-writers", "two-generations", "partial"):
            add_signed(corpus, vault)
        if name in ("empty-source", "short-rows", "two-ranges", "large-objects"):
            add_lists(corpus, vault)
    corpus.add("format", "newer", vault.files("format")[0] + field(99, b"x", critical=False))
    corpus.add("format", "critical", vault.files("format")[0] + field(99, b"x"))
    corpus.add("facts", "greatest", field(1, b"\xff" * 8) + field(2, b"\xff" * 8)
               + field(3, b"\xff" * 16))
    for add in (add_lists_by_hand, add_blobs, add_packs, add_names, add_rolls,
                add_capabilities, add_documents, add_archives, add_settings, add_memcached,
                add_stores, add_redis):
        add(corpus)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
