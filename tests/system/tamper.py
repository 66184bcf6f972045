# SPDX-License-Identifier: Apache-2.0
"""Changes one octet of every column of every audited table by SQL, in a store a platform has worked in and left,
and holds `fengsui audit verify` to name each row."""
import collections
import json
import sqlite3
import subprocess

from platform_driver import BUILD
from postgres_driver import ask
from tap import case

ROWS_MAX = 6  # of one table, changed at once in different columns
LEAP = 1 << 40  # added to a number: one octet, and no other row's id


class Embedded:
    """The file as it is, without its constraints."""

    def __init__(self, platform):
        self.db = sqlite3.connect(platform.data / "records.db", isolation_level=None)
        self.db.execute("PRAGMA ignore_check_constraints = ON")

    def tables(self):
        for (name,) in self.db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall():
            yield name, [(c[1], c[2]) for c in self.db.execute(f"PRAGMA table_info({name})")]

    def rows(self, sql):
        return [[str(v) for v in row] for row in self.db.execute(sql)]

    def get(self, table, column, row, _):
        """As a literal, and what kind it is."""
        quoted, kind = self.db.execute(f"SELECT quote({column}), typeof({column}) FROM {table} WHERE id = {row}").fetchone()
        if kind == "text":
            octets = self.db.execute(f"SELECT hex({column}) FROM {table} WHERE id = {row}").fetchone()[0]
            return self.literal(bytes.fromhex(octets), "text"), bytes.fromhex(octets), kind
        if kind == "blob":
            return quoted, bytes.fromhex(quoted[2:-1]), kind
        return quoted, quoted, {"integer": "int"}.get(kind, kind)

    def literal(self, octets, kind):
        return f"CAST(X'{octets.hex()}' AS TEXT)" if kind == "text" else f"X'{octets.hex()}'"

    def run(self, statements):
        for sql in statements:
            self.db.execute(sql)

    def close(self):
        self.db.close()


class Served:
    """The database as its owner could change it: constraints dropped first."""

    def __init__(self, platform):
        self.uri = platform.store
        drop = ask(self.uri, "SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname FROM pg_constraint"
                             " WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace")
        self.run([d[0] for d in drop])

    def tables(self):
        found = collections.defaultdict(list)
        for table, column, kind in self.rows("SELECT table_name, column_name, data_type FROM information_schema.columns"
                                             " WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"):
            found[table].append((column, kind))
        yield from found.items()

    def rows(self, sql):
        return ask(self.uri, sql)

    def get(self, table, column, row, declared):
        kind = {"bigint": "int", "integer": "int", "bytea": "blob", "text": "text"}[declared]
        value = {"int": column, "blob": f"encode({column}, 'hex')", "text": f"encode(convert_to({column}, 'UTF8'), 'hex')"}[kind]
        said = self.rows(f"SELECT COALESCE(CAST({value} AS TEXT), 'NULL') FROM {table} WHERE id = {row}")
        said = said[0][0] if said and said[0] else ""
        if said == "NULL":
            return said, said, "null"
        if kind == "int":
            return said, said, kind
        return self.literal(bytes.fromhex(said), kind), bytes.fromhex(said), kind

    def literal(self, octets, kind):
        return f"convert_from('\\x{octets.hex()}'::bytea, 'UTF8')" if kind == "text" else f"'\\x{octets.hex()}'::bytea"

    def run(self, statements):
        if statements:
            ask(self.uri, "; ".join(statements))

    def close(self):
        pass


def bent(store, value, kind):
    """One octet other than it was; text stays text."""
    if kind == "int":
        return str(int(value) + LEAP)
    if kind == "null":
        return None
    if not value:
        return store.literal(b"x", kind)
    first = bytes([value[0] ^ 1]) if kind == "blob" else None
    if kind == "text":
        plain = next((i for i, c in enumerate(value) if chr(c).isalnum() and c < 128), None)
        if plain is None:  # Chinese through and through: another last octet is another character
            return store.literal(value[:-1] + bytes([value[-1] ^ 1]), kind)
        return store.literal(value[:plain] + (b"y" if value[plain:plain + 1] == b"x" else b"x") + value[plain + 1:], kind)
    return store.literal(first + value[1:], kind)


class Round:
    """Changes made at once, each of another row, and what puts them right."""

    def __init__(self):
        self.change, self.back, self.wanted = [], [], []

    def add(self, store, table, column, declared, row):
        old, value, kind = store.get(table, column, row, declared)
        new = bent(store, value, kind)
        if new is None:
            new = "17" if "int" in declared.lower() else store.literal(b"x", "blob" if declared.lower() in ("blob", "bytea") else "text")
        where = int(row) + LEAP if column == "id" else row
        self.change.append(f"UPDATE {table} SET {column} = {new} WHERE id = {row}")
        self.back.append(f"UPDATE {table} SET {column} = {old} WHERE id = {where}")
        self.wanted.append((table, column, row, kind))


def rounds_of(store):
    rounds = collections.defaultdict(Round)
    tables = 0
    for table, columns in store.tables():
        names = [c for c, _ in columns]
        if "id" not in names or "version" not in names:
            continue
        rows = [r[0] for r in store.rows(f"SELECT id FROM {table} ORDER BY id LIMIT {ROWS_MAX}")]
        tables += bool(rows)
        audited = [(c, d) for c, d in columns if not c.startswith("live_")] if rows else []
        for i, (column, declared) in enumerate(audited):
            rounds[i // len(rows)].add(store, table, column, declared, rows[i % len(rows)])
    return rounds.values(), tables


def named_of(platform):
    done = subprocess.run([BUILD / "fengsui", "audit", "verify", *platform.where(), "--json"], capture_output=True, text=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {(f.get("code"), f.get("what")) for f in found}, done.returncode


def every_column(platform):
    """platform stands still; its store is as it was afterwards, but for its constraints."""
    store = Served(platform) if platform.store else Embedded(platform)
    missed, kinds, places = [], collections.Counter(), 0
    rounds, tables = rounds_of(store)
    for round_ in rounds:
        store.run(round_.change)
        named, _ = named_of(platform)
        for table, column, row, kind in round_.wanted:
            code = "row.missing" if column == "id" else "row.changed"
            if (code, f"{table} #{row}") not in named:
                missed.append((table, column, row, kind))
            kinds[kind] += 1
            places += 1
        store.run(round_.back)
    case(f"one octet in every column of {tables} audited tables is named ({places} places: {dict(kinds)})",
         places > 150 and not missed, missed[:20])
    named, code = named_of(platform)
    store.close()
    case("and put right again nothing is", code == 0, sorted(map(str, named))[:10])
