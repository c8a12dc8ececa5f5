"""Signed records and their chains (section 12): which snapshots there are, and which are proven."""

import re

import sodium
from forgetting import ATTESTATION, Decisions, PRUNER, Sweeps, believed
from trust import IDENTITY, WRITER, WriterKeys
from wire import (BYTES, Cursor, Field, NotFound, RECORD, SNAPSHOT, Stale, TEXT, U8, U16,
                  U32, U64, Usage, need, parse_fields, report, take_header, u32, u8)

COMPLETE, PARTIAL = 1, 2
LOSS = 2
CONDITIONAL = 1

PUBLIC_FIELDS = {
    1: Field("vault", 16),
    2: Field("author", 16),
    3: Field("seq", U64),
    4: Field("previous", 32),
    5: Field("trust", (U32, 32)),
    6: Field("sessions", {1: Field("generation", U32), 2: Field("id", 16), 3: Field("hash", 32)},
             many=True),
    7: Field("segments", (32, U32, U32), many=True),
    8: Field("heads", (16, U8, U64, 32), many=True),
    9: Field("status", U8, optional=True),
    10: Field("started", U64, optional=True),
    11: Field("finished", U64, optional=True),
    12: Field("store_time", U64, optional=True),
    13: Field("parents", 32, many=True),
    14: Field("base", 32, optional=True),
    15: Field("shard", (U16, U16), optional=True),
    16: Field("state", 32, optional=True),
}
NOT_CARRIED_FIELDS = {
    1: Field("object", TEXT, optional=True),
    2: Field("reason", TEXT, optional=True),
    3: Field("severity", U8, optional=True),
}
SOURCE_FIELDS = {
    1: Field("name", TEXT),
    2: Field("kind", TEXT),
    3: Field("identity", BYTES, optional=True),
    4: Field("taken_at", U64, optional=True),
    5: Field("guarantee", TEXT, optional=True),
    6: Field("rows", U64, optional=True),
    7: Field("read_bytes", U64, optional=True),
    8: Field("tables", U64, optional=True),
    9: Field("version", TEXT, optional=True),
    10: Field("not_carried", NOT_CARRIED_FIELDS, many=True),
    11: Field("log2_average", U8, optional=True),
}
SNAPSHOT_FIELDS = {
    1: Field("sources", SOURCE_FIELDS, many=True),
    2: Field("root", 32),
    3: Field("stored_bytes", U64, optional=True),
    4: Field("tags", TEXT, many=True),
    5: Field("note", TEXT, optional=True),
    6: Field("reason", TEXT, optional=True),
    7: Field("program", TEXT, optional=True),
}
VERDICT_FIELDS = {
    1: Field("name", TEXT),
    2: Field("verdict", U8),
    3: Field("tables", U64, optional=True),
    4: Field("rows", U64, optional=True),
}
RECORD_FIELDS = {
    1: Field("kind", U8),
    2: Field("snapshot", 32, optional=True),
    3: Field("verdict", U8, optional=True),
    4: Field("body", TEXT, optional=True),
    5: Field("sources", VERDICT_FIELDS, many=True),
}
SNAPSHOT_PUBLIC_FIELDS = {**PUBLIC_FIELDS, 17: Field("marks", (U32, U32), many=True)}
PRUNER_PUBLIC_FIELDS = {
    **SNAPSHOT_PUBLIC_FIELDS,
    18: Field("objects", BYTES, optional=True),
    19: Field("removed_sessions", BYTES, optional=True),
    20: Field("tombstones", BYTES, optional=True),
    21: Field("walked", BYTES, optional=True),
}
PROVEN = 1
FOLDERS = {SNAPSHOT: "snapshot", RECORD: "record"}
LABELS = {SNAPSHOT: b"lifeboat/v1/snapshot", RECORD: b"lifeboat/v1/record"}
SEALED_FIELDS = {SNAPSHOT: SNAPSHOT_FIELDS, RECORD: RECORD_FIELDS}


def public_fields(kind, role):
    """Only a pruner sweeps, and only snapshots and sweeps know marks."""
    if kind == SNAPSHOT:
        return SNAPSHOT_PUBLIC_FIELDS
    return PRUNER_PUBLIC_FIELDS if role == PRUNER else PUBLIC_FIELDS


class Record:
    """One record as stored: signature verified, sealed part opened."""

    def __init__(self, trust, kind, author, name, data):
        self.name, self.author, self.id = name, author, sodium.sha256(data)
        cursor = Cursor(data, name)
        self.generation = take_header(cursor, kind)
        public_bytes = cursor.take(cursor.number(4))
        sealed = cursor.take(cursor.number(4))
        message, signature = data[:cursor.at], cursor.take(64)
        cursor.end()
        need(trust.signed(trust.keys[author]["signing"], LABELS[kind], message, signature),
             f"{name}: the signature is wrong")
        self.public = parse_fields(public_bytes, public_fields(kind, trust.keys[author]["role"]),
                                   name)
        need(self.public["vault"] == trust.vault, f"{name}: of another vault")
        need(self.public["author"] == author, f"{name}: of another author")
        additional = (u8(1) + trust.vault + u32(self.generation) + u8(kind) + author
                      + sodium.sha256(public_bytes))
        key = WriterKeys(trust, self.generation, author).record
        plain = sodium.open_aead(sealed[24:], additional, sealed[:24], key)
        need(plain is not None, f"{name}: it does not open")
        self.sealed = parse_fields(plain, SEALED_FIELDS[kind], name)
        self.seq = self.public["seq"]


class Chain:
    """All records of one author, oldest first, as numbers, links and names demand.

    tombstones: {(author, seq): what stands for a record that was swept}
    """

    def __init__(self, directory, trust, kind, author, tombstones):
        folder = f"{FOLDERS[kind]}/{author.hex()}"
        by_seq = {}  # more than one name only where the chain forks (section 2.1)
        pattern = r"[0-9a-f]{16}" if trust.naming == CONDITIONAL else r"[0-9a-f]{16}-[0-9a-f]{16}"
        for name in directory.names(folder, pattern, ignored=("roll",)):
            seq = 2**64 - 1 - int(name[:16], 16)
            by_seq.setdefault(seq, []).append(name)
        self.records, self._ids, self._at, self._stones = [], set(), {}, []
        for seq in range(1, max(by_seq, default=0) + 1):
            if (author, seq) in tombstones:
                self._pass(tombstones[author, seq], folder)
                continue
            if seq not in by_seq:
                raise Stale(f"{folder}: record {seq} is missing")
            for name in by_seq[seq]:
                self._append(directory, trust, kind, author, seq, f"{folder}/{name}")
            self._at[seq] = [record.id for record in self.records[-len(by_seq[seq]):]]
            self._ids.update(self._at[seq])
        self._report_open_forks(folder)

    def _report_open_forks(self, folder):
        """All but one record is named by a later one, or a branch is not joined yet."""
        named = {parent for record in self.records
                 for parent in (record.public["previous"], *record.public["parents"])}
        named.update(stone.previous for stone in self._stones)
        ends = [record for record in self.records if record.id not in named]
        for record in ends if len(ends) > 1 else ():
            report(f"{record.name}: the end of a branch that no later record joins (stale)")

    def at(self, seq):
        """Ids of the records of one place."""
        return self._at.get(seq, [])

    def _pass(self, stone, folder):
        """Takes a tombstone instead of the record, whatever the store shows there (17.7)."""
        if stone.previous not in (self.at(stone.seq - 1) or [bytes(32)]):
            raise Stale(f"{folder}: swept record {stone.seq} had another predecessor")
        self._at[stone.seq] = [stone.id]
        self._ids.add(stone.id)
        self._stones.append(stone)

    def _append(self, directory, trust, kind, author, seq, name):
        record = Record(trust, kind, author, name, directory.read(name, 16 << 20))
        need(record.seq == seq, f"{name}: it has the number {record.seq}")
        if trust.naming != CONDITIONAL:
            need(name[-16:] == record.id[:8].hex(), f"{name}: it has another hash")
        previous = record.public["previous"]
        if previous not in (self.at(seq - 1) or [bytes(32)]):
            raise Stale(f"{name}: it has another predecessor")
        if not self._ids.issuperset(record.public["parents"]):
            raise Stale(f"{name}: it joins a branch that is not here")
        self.records.append(record)


class History:
    """Every chain of the vault. snapshots: the valid ones; proofs: {snapshot id: verdicts}."""

    def __init__(self, directory, trust):
        self._trust = trust
        self.chains = {RECORD: self._chains(directory, RECORD, {})}
        others = [record for chain in self.chains[RECORD].values()
                  for record in chain.records if not self._void(record)]
        others = list(believed(others, trust))
        self.sweeps, self.decisions = Sweeps(others), Decisions(others)
        self.chains[SNAPSHOT] = self._chains(directory, SNAPSHOT, self.sweeps.tombstones)
        for chain in (chain for chains in self.chains.values() for chain in chains.values()):
            for record in chain.records:
                if not self._void(record):
                    self._check_what_it_had_seen(record)
        self._check_cut_offs()
        self.snapshots = []
        for record in (r for chain in self.chains[SNAPSHOT].values() for r in chain.records):
            if self._valid(record) and self.sweeps.missed_by(record):
                report(f"{record.name}: void, its author missed a mark that is swept")
            elif self._valid(record):
                self.snapshots.append(record)
            else:
                report(f"{record.name}: void, its author may not write it")
        self.proofs = {}
        for chain in self.chains[RECORD].values():
            for record in chain.records:
                role = trust.keys[record.author]["role"]
                if record.sealed["kind"] == ATTESTATION and role == IDENTITY and \
                        not self._void(record):
                    verdicts = self.proofs.setdefault(record.sealed["snapshot"], [])
                    verdicts.append(record.sealed["verdict"] == PROVEN)

    def _chains(self, directory, kind, tombstones):
        chains = {}
        for name in directory.names(FOLDERS[kind], r"[0-9a-f]{32}"):
            author = bytes.fromhex(name)
            if author not in self._trust.keys:
                report(f"{FOLDERS[kind]}/{name}: trust knows no such author, ignored")
                continue
            chains[author] = Chain(directory, self._trust, kind, author, tombstones)
        return chains

    def _check_what_it_had_seen(self, record):
        """Nothing may be older than what an author had already seen."""
        number, known = record.public["trust"][0], self._trust.hashes
        if number > self._trust.number or known.get(number, record.public["trust"][1]) != \
                record.public["trust"][1]:
            raise Stale(f"{record.name}: it had seen another trust record {number}")
        for author, kind, seq, head in record.public["heads"]:
            chain = self.chains.get(kind, {}).get(author)
            if chain is None or head not in chain.at(seq):
                raise Stale(f"{record.name}: it had seen record {seq} of {author.hex()}, "
                            "which is not here")

    def _void(self, record):
        cut = self._trust.keys[record.author]["void_after"]
        if cut is None or record.seq < cut[0]:
            return False
        return record.seq > cut[0] or record.id != cut[1]

    def _check_cut_offs(self):
        """The last record of a revoked author that counts must be the one that trust names."""
        for author, key in self._trust.keys.items():
            if key["void_after"] is None:
                continue
            last, last_id = key["void_after"]
            chain = self.chains[SNAPSHOT if key["role"] == WRITER else RECORD].get(author)
            if last_id not in (chain.at(last) if chain else []) and (last, last_id) != (0, bytes(32)):
                raise Stale(f"record {last} of revoked {author.hex()} is not the one of its cut-off")

    def _valid(self, record):
        key = self._trust.keys[record.author]
        if self._void(record):
            return False
        listed = key["sources"]
        return key["role"] == WRITER and all(
            source["name"] in listed or "*" in listed for source in record.sealed["sources"])

    def find(self, wanted):
        """`latest`, by when it was finished, or the prefix of an id."""
        if wanted == "latest":
            found = [record for record in self.snapshots
                     if record.id not in self.decisions.forgotten]
            found = sorted(found, key=lambda r: (r.public["finished"] or 0, r.seq))[-1:]
        elif not re.fullmatch(r"[0-9a-f]{2,64}", wanted):
            raise Usage(f"{wanted}: neither latest nor two digits or more of an id")
        else:
            found = [record for record in self.snapshots if record.id.hex().startswith(wanted)]
        if not found and self.sweeps.removed(wanted):
            raise NotFound(f"{wanted}: it was forgotten, and a sweep removed it")
        if not found:
            raise NotFound(f"{wanted}: no such snapshot")
        if len(found) > 1:
            raise Usage(f"{wanted}: {len(found)} snapshots begin so")
        return found[0]

    def session_hashes(self):
        """{(generation, session id): SHA256 of its header}, as valid records name them."""
        return {(session["generation"], session["id"]): session["hash"]
                for record in self.snapshots for session in record.public["sessions"]}
