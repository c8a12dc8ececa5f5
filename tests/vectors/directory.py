"""A vault in a directory: names and bytes, nothing of their meaning (section 2)."""

import re

from wire import Corrupt, NotFound, report


class Directory:
    def __init__(self, root):
        self.root = root
        if not root.is_dir():
            raise NotFound(f"{root}: no such directory")

    def read(self, name, limit):
        """The object's bytes; more than `limit` are corrupt."""
        try:
            with open(self.root / name, "rb") as file:
                data = file.read(limit + 1)
        except FileNotFoundError:
            raise NotFound(f"{name} is missing") from None
        if len(data) > limit:
            raise Corrupt(f"{name}: longer than {limit} bytes")
        return data

    def names(self, folder, pattern, ignored=()):
        """Names in a folder, sorted; those that don't parse are reported and left out."""
        path = self.root / folder
        found = []
        for name in sorted(entry.name for entry in path.iterdir()) if path.is_dir() else ():
            if re.fullmatch(pattern, name):
                found.append(name)
            elif not name.startswith(".tmp-") and name not in ignored:
                report(f"{folder}/{name}: no name of an object, ignored")
        return found
