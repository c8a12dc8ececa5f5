"""A snapshot's streams: lists, ranges, facts, rows (sections 8 and 11)."""

import collections

import sodium
from blobs import BUNDLE, CHUNK, DOCUMENT, FACTS, LIST
from wire import BYTES, Cursor, Field, TEXT, U8, U16, U64, Usage, need, parse_fields

# Lists: of what, by their first byte
BLOBS_LIST, RANGES_LIST, STREAMS_LIST = 1, 2, 3
# Streams
TABLE, LARGE_OBJECTS, DOCUMENT_STREAM, KEYS = 1, 2, 3, 4

RANGE_FIELDS = {
    1: Field("first_block", U64),
    2: Field("list", 32),
    3: Field("fingerprint", BYTES, optional=True),
    4: Field("cache_key", BYTES, optional=True),
    5: Field("facts", 32),
    6: Field("bytes", U64),
}
STREAM_FIELDS = {
    1: Field("source", U16),
    2: Field("kind", U8),
    3: Field("name", TEXT),
    4: Field("list", 32),
    5: Field("bytes", U64),
}
FACTS_FIELDS = {
    1: Field("rows", U64),
    2: Field("bytes", U64),
    3: Field("sum", 16),
}
Part = collections.namedtuple("Part", "id length")


def _entry(kind, cursor, what):
    if kind == BLOBS_LIST:
        return Part(cursor.take(32), cursor.number(4))
    table = RANGE_FIELDS if kind == RANGES_LIST else STREAM_FIELDS
    return parse_fields(cursor.take(cursor.number(2)), table, what)


def read_list(blobs, root, kind, level=None):
    """The entries of a list, in order, one after the other."""
    what = f"list {root.hex()[:16]}"
    cursor = Cursor(blobs.get(root, (LIST,)), what)
    found_kind, found_level, count = cursor.number(1), cursor.number(1), cursor.number(4)
    need(found_kind == kind, f"{what}: kind {found_kind} instead of {kind}")
    need(found_level <= 8 and level in (None, found_level), f"{what}: level {found_level}")
    need(count <= 4096, f"{what}: too many entries")
    entries = [cursor.take(32) if found_level else _entry(kind, cursor, what)
               for _ in range(count)]
    cursor.end()
    for entry in entries:
        if found_level:
            yield from read_list(blobs, entry, kind, found_level - 1)
        else:
            yield entry


def streams(blobs, root):
    found = list(read_list(blobs, root, STREAMS_LIST))
    places = [(s["source"], s["kind"], s["name"].encode()) for s in found]
    need(places == sorted(set(places)), "the snapshot's streams are not in order")
    return found


class RowSums:
    """Counts and sums the rows of one range as its bytes pass."""

    def __init__(self, row_key):
        self._hash, self._open = sodium.RowHash(row_key), []
        self.rows = self.bytes = self.sum = 0

    def add(self, data):
        self.bytes += len(data)
        lines = data.split(b"\n")
        if len(lines) == 1:
            self._open.append(data)
            return
        lines[0] = b"".join((*self._open, lines[0]))
        self._open = [lines.pop()]
        self.rows += len(lines)
        self.sum += sum(self._hash(line + b"\n") for line in lines)

    def facts(self):
        need(not any(self._open), "a range ends in the middle of a row")
        return {"rows": self.rows, "bytes": self.bytes,
                "sum": (self.sum % 2**128).to_bytes(16, "little")}


def _range_bytes(blobs, entry):
    """One range, blob by blob. Its facts are compared behind the last one."""
    facts = parse_fields(blobs.get(entry["facts"], (FACTS,)), FACTS_FIELDS, "range facts")
    sums = RowSums(blobs.keys(blobs.generation_of(entry["facts"])).row)
    for part in read_list(blobs, entry["list"], BLOBS_LIST):
        data = blobs.get(part.id, (CHUNK, BUNDLE), part.length)
        sums.add(data)
        yield data
    need(sums.bytes == entry["bytes"], "a range has another length")
    need(sums.facts() == facts, "the rows of a range are not those that were summed")


def stream_bytes(blobs, stream):
    """The bytes of a stream. They are to be believed only when the last one has come."""
    total = 0
    if stream["kind"] == DOCUMENT_STREAM:
        for part in read_list(blobs, stream["list"], BLOBS_LIST):
            total += part.length
            yield blobs.get(part.id, (DOCUMENT,), part.length)
    elif stream["kind"] in (TABLE, LARGE_OBJECTS):
        last = -1
        for entry in read_list(blobs, stream["list"], RANGES_LIST):
            need(entry["first_block"] > last, "the ranges of a stream are not in order")
            last, total = entry["first_block"], total + entry["bytes"]
            yield from _range_bytes(blobs, entry)
    else:
        raise Usage(f"{stream['name']}: streams of kind {stream['kind']} are not read here")
    need(total == stream["bytes"], "a stream has another length")
