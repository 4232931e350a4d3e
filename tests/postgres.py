"""Databases for tests on a PostgreSQL of their own: one is used again and again, and emptied in between.

Making one costs ten times what emptying one does. Whatever a test did beyond its rows (a table, a column, a
right) an event trigger notes, and the next test gets a new one.
"""

from itertools import count

import psycopg

_SPARE = """
CREATE SCHEMA spare;
CREATE TABLE spare.change ();
DO $$
DECLARE
    name text;
    filled bool;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE spare.%I AS TABLE public.%I', name, name);
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION spare.bring_back() RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    name text;
    used bool;
BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    PERFORM set_config('session_replication_role', 'replica', true);  -- rows go in any order
    IF EXISTS (SELECT FROM spare.change) THEN
        RETURN false;
    END IF;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO used;
        IF NOT used THEN
            CONTINUE;
        ELSIF pg_relation_size(format('public.%I', name)) > 262144 THEN
            EXECUTE format('TRUNCATE public.%I CASCADE', name);
        ELSE
            EXECUTE format('DELETE FROM public.%I', name);
        END IF;
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'spare' AND tablename <> 'change' LOOP
        EXECUTE format('INSERT INTO public.%I TABLE spare.%I', name, name);
    END LOOP;
    RETURN true;
END $$;

CREATE FUNCTION spare.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN INSERT INTO spare.change DEFAULT VALUES; END $$;
CREATE EVENT TRIGGER made ON ddl_command_end EXECUTE FUNCTION spare.note();
CREATE EVENT TRIGGER dropped ON sql_drop EXECUTE FUNCTION spare.note();
"""


class House:
    """One database as the template has it, for one test after the other."""

    def __init__(self, server, template: str) -> None:
        self._server, self._template = server, template
        self._numbers = count(1)
        self._name: str | None = None

    def ready(self) -> str:
        """The address of the database, as `pwa init` leaves it."""
        if self._name is None:
            self._name = f"sapa_house_{next(self._numbers)}"
            create(self._server, self._name, self._template)
            with psycopg.connect(self._server.get_uri(self._name), autocommit=True) as connection:
                connection.execute(_SPARE)
        return url(self._server, self._name)

    def used(self) -> None:
        """The test is over, whatever it left behind."""
        with psycopg.connect(self._server.get_uri(self._name), autocommit=True) as connection:
            (as_before,) = connection.execute("SELECT spare.bring_back()").fetchone()
        if not as_before:
            drop(self._server, self._name)
            self._name = None


def create(server, name: str, template: str | None = None) -> None:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))


def drop(server, name: str) -> None:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def url(server, name: str) -> str:
    return server.get_uri(name).replace("postgresql://", "postgresql+psycopg://", 1)
