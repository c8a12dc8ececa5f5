"""What operators and pruners decided: pins, forget records, sweeps (section 17)."""

import json

from wire import Cursor, RECORD, need, report

ATTESTATION, PIN, FORGET, SWEEP = 1, 2, 3, 4
IDENTITY, OPERATOR, PRUNER = 2, 5, 6
AUTHORS = {PIN: (IDENTITY, OPERATOR, PRUNER), FORGET: (PRUNER,), SWEEP: (PRUNER,)}


def knew(later, earlier):
    """Whether the author of one record had seen another; clocks decide nothing (17.1)."""
    if later.author == earlier.author:
        return later.seq > earlier.seq
    return any(kind == RECORD and author == earlier.author and seq >= earlier.seq
               for author, kind, seq, _ in later.public["heads"])


class Tombstone:
    """What links a chain where a sweep removed a record."""

    def __init__(self, cursor):
        self.author, self.seq = cursor.take(16), cursor.number(8)
        self.id, self.previous = cursor.take(32), cursor.take(32)


class Sweep:
    """The public part of one sweep record."""

    def __init__(self, record):
        public = record.public
        need(public["marks"] and public["walked"] is not None,
             f"{record.name}: a sweep that does not say what it carried out, or how far it went")
        self.marks = dict(public["marks"])
        need(len(self.marks) == len(public["marks"]), f"{record.name}: two marks of a generation")
        self.tombstones, self.walked = [], {}
        cursor = Cursor(public["tombstones"] or b"", record.name)
        while cursor.left():
            self.tombstones.append(Tombstone(cursor))
        cursor = Cursor(public["walked"], record.name)
        while cursor.left():
            author = cursor.take(16)
            self.walked[author] = cursor.number(8)

    def missed_by(self, snapshot):
        """Whether a snapshot came behind what was walked, by an author who knew no such mark."""
        known = dict(snapshot.public["marks"])
        return snapshot.seq > self.walked.get(snapshot.author, 0) and any(
            known.get(generation, 0) < number for generation, number in self.marks.items())


class Sweeps:
    """All sweeps of a vault together."""

    def __init__(self, records):
        self.all = [Sweep(record) for record in records if record.sealed["kind"] == SWEEP]
        self.tombstones = {}
        for stone in (stone for sweep in self.all for stone in sweep.tombstones):
            self.tombstones.setdefault((stone.author, stone.seq), stone)

    def missed_by(self, snapshot):
        return any(sweep.missed_by(snapshot) for sweep in self.all)

    def removed(self, prefix):
        return any(stone.id.hex().startswith(prefix) for stone in self.tombstones.values())


class Decisions:
    """pinned, forgotten: ids of snapshots, by the rules of 17.1."""

    def __init__(self, records):
        self._pins, self._releases, forgets = {}, {}, []
        for record in records:
            try:
                self._take(record, forgets)
            except (KeyError, TypeError, ValueError):
                need(False, f"{record.name}: it says nothing that can be understood")
        self.pinned = {snapshot for snapshot, pins in self._pins.items()
                       if not all(self._released(snapshot, pin) for pin in pins)}
        self.forgotten = {snapshot for record, snapshot in forgets
                          if self._holds(record, snapshot)}

    def _take(self, record, forgets):
        if record.sealed["kind"] == PIN:
            body = json.loads(record.sealed["body"] or "")
            said = {"keep": self._pins, "release": self._releases}[body["action"]]
            said.setdefault(bytes.fromhex(body["snapshot"]), []).append(record)
        elif record.sealed["kind"] == FORGET:
            forgets.extend((record, bytes.fromhex(each["snapshot"]))
                           for each in json.loads(record.sealed["body"] or "")["snapshots"])

    def _released(self, snapshot, pin, by=None):
        """By a release that knew the pin; and that `by` knew, if somebody is given."""
        return any(knew(release, pin) and (by is None or knew(by, release))
                   for release in self._releases.get(snapshot, []))

    def _holds(self, forget, snapshot):
        return all(self._released(snapshot, pin, forget) for pin in self._pins.get(snapshot, []))


def believed(records, trust):
    """Those that their authors may write; a record of an unknown kind is nobody's business."""
    for record in records:
        kind, role = record.sealed["kind"], trust.keys[record.author]["role"]
        if role in AUTHORS.get(kind, (role,)):
            yield record
        else:
            report(f"{record.name}: void, its author may make none of that kind")
