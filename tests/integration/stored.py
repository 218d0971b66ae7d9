"""What is stored in Redis, without what may differ: journal numbers and times."""


def leaf(text):
    """'<revision> <figure> <seq>.<index> <first_ms>' without the last two."""
    return " ".join(text.split(" ")[:2])


def total(text):
    """'<basis> <revision> <seq> …' without the seq."""
    words = text.split(" ")
    return " ".join(words[:2] + words[3:])


def figures(redis):
    """{key: {field: text}} of all leaves and totals, and the provinces' periods."""
    found = {}
    for key in redis.keys("chiso:{*}:leaf:*"):
        found[key] = {field: leaf(text) for field, text in redis.hash(key).items()}
    for key in redis.keys("chiso:{*}:sum:*"):
        found[key] = {field: total(text) for field, text in redis.hash(key).items()}
    for key in redis.keys("chiso:{*}:periods"):
        found[key] = sorted(redis("SMEMBERS", key))
    return found


def difference(before, after):
    """The first few entries that differ, for a message; empty when there is none."""
    lines = []
    for key in sorted(before.keys() | after.keys()):
        a, b = before.get(key), after.get(key)
        if a == b:
            continue
        if isinstance(a, dict) and isinstance(b, dict):
            lines += [f"{key} {field}: {a.get(field)!r} and {b.get(field)!r}"
                      for field in sorted(a.keys() | b.keys()) if a.get(field) != b.get(field)]
        else:
            lines.append(f"{key}: {a!r} and {b!r}")
    return "\n".join(lines[:20])
