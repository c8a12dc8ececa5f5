"""Which contests are held, in which order, on which data."""
from contest import Row, step
from data_sets import copy_text_bytes, make_one_big_table, make_shop
from place import PROMISE_MIB
from restores import Restores
from snapshots import Snapshots

GROUPS = ["first", "second", "restore", "restore-big", "proof", "churn", "memory"]


def prepare(place, name, make, scale):
    """The database is read once, so that it is in the page cache for the first contestant, too."""
    with step(f"database {name}, at scale {scale:g}"):
        make(place.server, name, scale)
        place.sizes[name] = copy_text_bytes(place.server, name)


def bench_postgres(options, place):
    only, rounds = options.only, options.rounds
    rows = []
    if only & {"first", "second", "restore", "proof"}:
        prepare(place, "shop", make_shop, options.scale)
        snapshots = Snapshots(place, "shop")
    if "first" in only:
        rows += snapshots.first(rounds)
    if only & {"restore", "proof"}:
        restores = Restores(place, "shop")
        if "restore" in only:
            rows += restores.contest("restore", 0.95, rounds, everybody=True)
        if "proof" in only:
            rows += restores.proof(rounds)
    if "second" in only:  # after the restores, because it changes the shop
        rows += snapshots.second(rounds)
    if "restore-big" in only:
        prepare(place, "big", make_one_big_table, options.scale)
        rows += Restores(place, "big").contest("restore-big", 0.82, rounds, everybody=False)
    if "churn" in only:
        prepare(place, "churn", make_shop, options.scale / 4)
        rows += Snapshots(place, "churn").churn(options.days)
    if "memory" in only:
        rows += [Row("memory", what, peak, PROMISE_MIB, 1.0, "MiB")
                 for what, peak in place.peaks.items()]
    return rows
