#!/usr/bin/env python3
"""Restores one snapshot of a vault into files: an independent reader of docs/format/vault.md.

usage: reader.py VAULT IDENTITY SNAPSHOT OUT

  VAULT     the vault's directory
  IDENTITY  an identity's key file, or the string that stands in it
  SNAPSHOT  latest, or the first digits of an id
  OUT       a directory that does not exist; it gets a folder for each source, and in it
            DOCUMENT for each document, TABLE.copy for each table, and 'large objects.copy'

Prints the snapshot and the SHA-256 of each file. Everything that the format demands of a reader is
verified, and a file gets its name only when all of it was. Exit codes are those of
docs/exit-codes.md; 3 also if the snapshot itself says that something is missing.
"""

import hashlib
import os
import sys
from pathlib import Path
from urllib.parse import quote

from blobs import Blobs
from directory import Directory
from records import History, LOSS, PARTIAL
from streams import DOCUMENT_STREAM, stream_bytes, streams
from trust import Capability, Trust
from wire import Denied, Usage, VaultError, need

# All of printable ASCII but the slash and the percent sign.
PLAIN = "".join(map(chr, range(32, 127))).replace("/", "").replace("%", "")


def file_name(text):
    """Any name as that of a file: slashes, controls and a leading dot as %XX, long ones cut."""
    name = quote(text, safe=PLAIN)
    if name.startswith("."):
        name = "%2E" + name[1:]
    if len(name) > 200:
        name = name[:180] + "%" + hashlib.sha256(text.encode()).hexdigest()[:16]
    return name


def identity(text):
    path = Path(text)
    if text.lstrip().startswith("lifeboat-"):
        return Capability(text)
    if not path.is_file():
        raise Usage(f"{text}: neither a key file nor a key")
    return Capability(path.read_text(encoding="ascii", errors="replace"))


def write_stream(blobs, stream, path):
    """Returns the SHA-256 of what it wrote."""
    digest, unproven = hashlib.sha256(), path.with_name(".unverified")
    try:
        with open(unproven, "xb") as file:
            for data in stream_bytes(blobs, stream):
                digest.update(data)
                file.write(data)
        os.link(unproven, path)
    finally:
        unproven.unlink(missing_ok=True)
    return digest.hexdigest()


def restore(blobs, record, out):
    """Yields (SHA-256, bytes, file) of each stream."""
    sources = record.sealed["sources"]
    for stream in streams(blobs, record.sealed["root"]):
        need(stream["source"] < len(sources), "a stream of no source")
        suffix = "" if stream["kind"] == DOCUMENT_STREAM else ".copy"
        folder = file_name(sources[stream["source"]]["name"])
        name = file_name(stream["name"]) + suffix
        (out / folder).mkdir(exist_ok=True)
        yield write_stream(blobs, stream, out / folder / name), stream["bytes"], f"{folder}/{name}"


def describe(record, history):
    """Lines for people; and whether something of the user's is missing."""
    partial = record.public["status"] == PARTIAL
    proofs = history.proofs.get(record.id, [])
    proven = "never restored" if not proofs else "proven" if any(proofs) else "not proven"
    status = ["partial" if partial else "complete", proven]
    if record.id in history.decisions.pinned:
        status.append("pinned")
    if record.id in history.decisions.forgotten:
        status.append("forgotten: the next sweep may remove it")
    lines = [f"snapshot  {record.id.hex()}", f"author    {record.author.hex()} {record.seq}",
             f"status    {', '.join(status)}"]
    lost = partial
    for source in record.sealed["sources"]:
        lines.append(f"source    {source['name']} ({source['kind']})")
        for item in source["not_carried"]:
            severity = "loss" if item["severity"] == LOSS else "harmless"
            lost = lost or severity == "loss"
            lines.append(f"missing   {item['object']}: {item['reason']} ({severity})")
    return lines, lost


def run(vault, credential, wanted, out):
    capability = identity(credential)
    if capability.role != "identity":
        raise Denied(f"a key of role {capability.role} reads no data")
    directory = Directory(Path(vault))
    trust = Trust(directory, capability)
    history = History(directory, trust)
    record = history.find(wanted)
    lines, lost = describe(record, history)
    try:
        Path(out).mkdir()
    except OSError as error:
        raise Usage(f"{out}: {error.strerror}") from None
    blobs = Blobs(directory, trust, record, history.session_hashes())
    for digest, length, name in restore(blobs, record, Path(out)):
        lines.append(f"{digest}  {length:>12}  {name}")
    print("\n".join(lines))
    return 3 if lost else 0


def main(arguments):
    if len(arguments) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return run(*arguments)
    except VaultError as error:
        print(f"reader: {type(error).__name__.lower()}: {error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
