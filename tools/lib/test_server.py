"""The PostgreSQL server that GRADUS_TEST_POSTGRES names, on which tools make databases of their own."""

import os


def address():
    """The server's address, as libpq takes it: a URL, or keywords and values."""
    return os.environ["GRADUS_TEST_POSTGRES"]


def address_of(database):
    """The server's address with another database's name; of an option given twice, libpq takes the last."""
    server = address()
    if "://" not in server:
        return f"{server} dbname={database}"
    return f"{server}{'&' if '?' in server else '?'}dbname={database}"


def keywords(database):
    """The same by keywords, read by libpq itself: host, port, user, password and what else the address says."""
    # Not there before tools/setup has run, when a tool may be asked for its help.
    from psycopg2.extensions import parse_dsn

    return parse_dsn(address_of(database))
