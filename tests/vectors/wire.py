"""Bytes as docs/format/vault.md writes them: integers, fields, object headers (section 1).

Whatever is wrong raises one of the errors below; `exit_code` is that of docs/exit-codes.md.
"""

import sys


class VaultError(Exception):
    exit_code = 1


class Usage(VaultError):
    exit_code = 2


class Corrupt(VaultError):
    exit_code = 3


class NotFound(VaultError):
    exit_code = 10


class Denied(VaultError):
    exit_code = 12


class Stale(VaultError):
    exit_code = 14


def report(what):
    """For people: something odd that harms nothing."""
    print(f"reader: {what}", file=sys.stderr)


def need(condition, what):
    if not condition:
        raise Corrupt(what)


def u8(n):
    return n.to_bytes(1, "little")


def u32(n):
    return n.to_bytes(4, "little")


def u64(n):
    return n.to_bytes(8, "little")


class Cursor:
    """Reads from the front; refuses to read past the end."""

    def __init__(self, data, what):
        self.data, self.what, self.at = data, what, 0

    def take(self, count):
        need(count <= len(self.data) - self.at, f"{self.what}: it ends too early")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, width):
        return int.from_bytes(self.take(width), "little")

    def left(self):
        return len(self.data) - self.at

    def end(self):
        need(self.left() == 0, f"{self.what}: there are bytes behind its end")


# What a field's value is. A whole number N means: a byte string of exactly N bytes.
U8, U16, U32, U64 = "u8", "u16", "u32", "u64"
TEXT, BYTES = "text", "bytes"
_WIDTHS = {U8: 1, U16: 2, U32: 4, U64: 8}


class Field:
    """kind: one of the above, a tuple of fixed-size kinds, or a table of fields (a dict)."""

    def __init__(self, name, kind, many=False, optional=False):
        self.name, self.kind, self.many, self.optional = name, kind, many, optional


def _fixed(kind, cursor):
    return cursor.number(_WIDTHS[kind]) if kind in _WIDTHS else cursor.take(kind)


def _value(kind, value, what):
    if isinstance(kind, dict):
        return parse_fields(value, kind, what)
    if kind == BYTES:
        return value
    if kind == TEXT:
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            raise Corrupt(f"{what}: not UTF-8") from None
    cursor = Cursor(value, what)
    parts = kind if isinstance(kind, tuple) else (kind,)
    values = tuple(_fixed(part, cursor) for part in parts)
    cursor.end()
    return values if isinstance(kind, tuple) else values[0]


def parse_fields(data, table, what):
    """{name: value}; absent: None, or an empty list if there may be many (section 1.1)."""
    found = {field.name: [] if field.many else None for field in table.values()}
    cursor, last, last_may_repeat = Cursor(data, what), -1, True
    while cursor.left():
        tag, length = cursor.number(2), cursor.number(4)
        number, critical = tag & 0x7FFF, tag >> 15
        value = cursor.take(length)
        field = table.get(number)
        need(number >= last, f"{what}: field {number} stands behind field {last}")
        need(number > last or last_may_repeat, f"{what}: field {number} occurs again")
        last, last_may_repeat = number, field is None or field.many
        if field is None:
            need(not critical, f"{what}: field {number} needs a newer version of this program")
            continue
        parsed = _value(field.kind, value, f"{what}: {field.name}")
        if field.many:
            found[field.name].append(parsed)
        else:
            found[field.name] = parsed
    for field in table.values():
        need(field.optional or found[field.name] is not None, f"{what}: no {field.name}")
    return found


# Object types (section 1.2)
FORMAT, TRUST, SESSION, PACK, META, INDEX, SNAPSHOT, RECORD = range(1, 9)
HEADER_BYTES = 16


def take_header(cursor, kind, generation=None):
    """Checks the 16 bytes in front of every object; returns the generation."""
    what = cursor.what
    need(cursor.take(8) == b"LIFEBOAT", f"{what}: no object of a vault")
    found, major, _minor, zero = cursor.take(4)
    need(major == 1, f"{what}: written in version {major}; this program reads version 1")
    need(found == kind and zero == 0, f"{what}: type {found} instead of {kind}")
    number = cursor.number(4)
    need(generation is None or number == generation, f"{what}: of generation {number}")
    return number
