"""Rows of contests as text for people and as JSON for programs."""

HEAD = f"{'':2}{'lifeboat':>12} {'peer':>12} {'ratio':>8} {'rounds':>13} {'goal':>6}"


def amount(value, unit):
    return "" if value is None else f"{value:.2f} {unit:<3}"


def text_table(rows):
    lines = [HEAD]
    group = None
    for row in rows:
        if row.group != group:
            group = row.group
            lines.append(group)
        ratio = "" if row.ratio is None else f"{row.ratio:.{3 if row.ratio >= 0.01 else 5}f}"
        spread = "" if row.spread is None else f"{row.spread[0]:.2f}..{row.spread[1]:.2f}"
        limit = "" if row.limit is None else f"{row.limit:g}"
        verdict, what = row.verdict, row.what
        if row.missing:
            verdict, what = "", f"{row.what} [{row.verdict}]"
        lines.append(f"{'':2}{amount(row.ours, row.unit):>12} {amount(row.peer, row.unit):>12} "
                     f"{ratio:>8} {spread:>13} {limit:>6}  {verdict:<6}  {what}")
    return "\n".join(lines)


def rounded(value):
    return None if value is None else round(value, 4)


def json_rows(rows):
    return [{"group": row.group, "what": row.what, "unit": row.unit, "lifeboat": rounded(row.ours),
             "peer": rounded(row.peer), "ratio": rounded(row.ratio),
             "ratio_min": rounded(row.spread and row.spread[0]),
             "ratio_max": rounded(row.spread and row.spread[1]), "goal": row.limit,
             "verdict": row.verdict or None,
             "times": {name: [rounded(one) for one in times] for name, times in row.times.items()}}
            for row in rows]
