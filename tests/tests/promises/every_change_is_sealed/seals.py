"""Computes the digests of seals from their description in docs/format.md.

Reads a line of JSON for each seal: event, number, record, context and digest. Prints how many it has read.
"""

import hashlib
import json
import sys


def utf_16(name):
    return name.encode("utf-16-be")


def plain(value):
    """The value with its names sorted, and with strings for integers that a double cannot hold."""
    if isinstance(value, dict):
        return {name: plain(value[name]) for name in sorted(value, key=utf_16)}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return str(value)
    return value


read = 0
for line in sys.stdin:
    seal = json.loads(line)
    digest = seal.pop("digest")
    text = json.dumps(plain(seal), ensure_ascii=False, separators=(",", ":"))
    computed = hashlib.sha256(b"\0" + text.encode()).hexdigest()
    if computed != digest:
        sys.exit(f"{computed} is not {digest}: {text}")
    read += 1
print(read)
