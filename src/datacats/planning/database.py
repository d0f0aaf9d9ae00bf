"""The SQL that replaces a database by a loaded one: the old one keeps its data until the new one has proved itself."""

from __future__ import annotations


def loading(name: str) -> str:
    """The name that a database has while it is loaded."""
    return f"{name}_loading"


def prepare(name: str) -> str:
    """Make an empty database to load into; what an interrupted load left is removed."""
    return f"""\
DROP DATABASE IF EXISTS {loading(name)} WITH (FORCE);
CREATE DATABASE {loading(name)} OWNER ckan;
REVOKE CONNECT ON DATABASE {loading(name)} FROM PUBLIC;
GRANT CONNECT ON DATABASE {loading(name)} TO ckan;
"""


def empty(name: str) -> str:
    """Replace a database by an empty one, for a load to fill."""
    closed = f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC;\nGRANT CONNECT ON DATABASE {name} TO ckan;\n"
    made = f"DROP DATABASE IF EXISTS {name} WITH (FORCE);\nCREATE DATABASE {name} OWNER ckan;\n"
    return made + (closed if name == "ckan" else "")


def swap(name: str) -> str:
    """Give the loaded database the name, in one transaction."""
    return _leave(name) + _rename(name, _before(name)) + _rename(loading(name), name)


def swap_back(name: str) -> str:
    """Give the old database its name back, in one transaction; nothing where it has it."""
    back = _rename(name, loading(name)) + _rename(_before(name), name)
    there = f"EXISTS (SELECT FROM pg_database WHERE datname = '{_before(name)}')"
    return f"{_leave(name)}DO $$ BEGIN IF {there} THEN\n{back}END IF; END $$;\n"


def forget(name: str) -> str:
    """Remove the old database."""
    return f"DROP DATABASE IF EXISTS {_before(name)} WITH (FORCE);\n"


def _before(name: str) -> str:
    return f"{name}_before"


def _rename(name: str, new: str) -> str:
    return f"ALTER DATABASE {name} RENAME TO {new};\n"


def _leave(name: str) -> str:
    """A database that somebody uses cannot be renamed."""
    return f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}';\n"  # noqa: S608 - ours
