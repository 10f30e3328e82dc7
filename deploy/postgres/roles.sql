-- The roles and the database of Verbund. Run by a superuser with psql 15 or newer, as often as wanted:
--
--   psql --no-psqlrc --file roles.sql postgres
--
-- Two roles, because row-level security binds only those who do not own the tables:
--   verbund_owner  owns the database and its schema; only `verbund migrate` and the other commands of operators use it
--   verbund_app    owns nothing and sees rows only as far as row-level security lets it; `verbund serve` uses it
--
-- Passwords come from the environment (VERBUND_OWNER_PASSWORD, VERBUND_APP_PASSWORD) or from psql variables
-- (--set=owner_password=… --set=app_password=…, which other users of the machine can see while psql runs). A password
-- that is not given is left as it is; a role without one can log in only by peer or certificate.
--
-- What verbund_app may do with the tables, `verbund migrate` grants to the role named in database.app_role.

\set ON_ERROR_STOP on
\set QUIET on

\if :{?owner_password}
\else
    \getenv owner_password VERBUND_OWNER_PASSWORD
\endif
\if :{?app_password}
\else
    \getenv app_password VERBUND_APP_PASSWORD
\endif

-- Passwords must not appear in the server's log.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';

-- Two runs at once wait for each other, until the other database is connected to below.
SELECT pg_advisory_lock(hashtext('verbund roles.sql')) \g /dev/null

BEGIN;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'verbund_owner') THEN
        CREATE ROLE verbund_owner;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'verbund_app') THEN
        CREATE ROLE verbund_app;
    END IF;
END
$$;

ALTER ROLE verbund_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
ALTER ROLE verbund_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;

\if :{?owner_password}
    ALTER ROLE verbund_owner PASSWORD :'owner_password';
\endif
\if :{?app_password}
    ALTER ROLE verbund_app PASSWORD :'app_password';
\endif

-- A role inherits the rights of the roles it is in, so the application is in none.
DO $$
DECLARE
    parent record;
BEGIN
    FOR parent IN
        SELECT roleid::regrole AS name FROM pg_auth_members WHERE member = 'verbund_app'::regrole
    LOOP
        EXECUTE format('REVOKE %s FROM verbund_app', parent.name);
        RAISE WARNING 'verbund_app was a member of %, and is no longer', parent.name;
    END LOOP;
END
$$;

COMMIT;

-- CREATE DATABASE cannot run inside a block or a transaction.
SELECT 'CREATE DATABASE verbund OWNER verbund_owner TEMPLATE template0 ENCODING ''UTF8'''
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'verbund') \gexec

ALTER DATABASE verbund OWNER TO verbund_owner;
REVOKE ALL ON DATABASE verbund FROM PUBLIC;
GRANT CONNECT ON DATABASE verbund TO verbund_app;

\connect verbund

BEGIN;

ALTER SCHEMA public OWNER TO verbund_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM verbund_app;

-- What the application owned, row-level security would not hold it back from. `verbund serve` refuses to start, too.
DO $$
DECLARE
    owned text;
BEGIN
    SELECT string_agg(pg_describe_object(classid, objid, objsubid), ', ') INTO owned
    FROM pg_shdepend
    WHERE refclassid = 'pg_authid'::regclass AND refobjid = 'verbund_app'::regrole AND deptype = 'o'
      AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()));
    IF owned IS NOT NULL THEN
        RAISE EXCEPTION 'verbund_app owns %', owned
            USING HINT = 'Give it away: REASSIGN OWNED BY verbund_app TO verbund_owner;';
    END IF;
END
$$;

COMMIT;

\echo verbund_owner, verbund_app and the database verbund are as they should be
