--- chapter rights
--- kind k_policy row security: forced or not, permissive, restrictive, for roles
CREATE TABLE t (id integer, who name DEFAULT current_user);
INSERT INTO t VALUES (1, 'reader'), (2, 'x');
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON t USING (who = current_user) WITH CHECK (id > 0);
CREATE POLICY strict ON t AS RESTRICTIVE FOR SELECT TO reader, auditor USING (id < 100);
COMMENT ON POLICY own ON t IS 'it''s own';
CREATE TABLE ready (a integer);
CREATE POLICY p ON ready FOR INSERT WITH CHECK (a IN (SELECT id FROM t));

--- kind k_forced row security that is forced upon the owner, rows that the owner sees all the same
--- expect named owner heroku
CREATE TABLE t (id integer);
INSERT INTO t VALUES (1), (2);
ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY a_few ON t USING (id > 1);

--- kind k_grant grants: on tables, columns, functions, schemas, types, sequences, with grant option, revoked from PUBLIC
CREATE TABLE t (a integer, b integer);
CREATE SEQUENCE s;
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TYPE e AS ENUM ('x');
CREATE DOMAIN d AS integer;
GRANT USAGE ON SCHEMA k_grant TO reader;
GRANT SELECT, INSERT ON t TO reader WITH GRANT OPTION;
GRANT UPDATE (b), REFERENCES (a) ON t TO auditor;
GRANT SELECT ON t TO PUBLIC;
GRANT USAGE ON s TO reader;
REVOKE ALL ON FUNCTION f() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f() TO auditor;
REVOKE USAGE ON TYPE e FROM PUBLIC;
GRANT USAGE ON TYPE e, d TO reader;
--- check
SELECT concat_ws(' ', (SELECT relacl FROM pg_class WHERE oid = 't'::regclass), (SELECT proacl FROM pg_proc WHERE oid = 'f'::regproc), (SELECT nspacl FROM pg_namespace WHERE nspname = 'k_grant'))

--- kind k_default_acl default privileges
ALTER DEFAULT PRIVILEGES IN SCHEMA k_default_acl GRANT SELECT ON TABLES TO reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA k_default_acl GRANT EXECUTE ON FUNCTIONS TO auditor;
CREATE TABLE t (a integer);
--- expect named owner heroku

--- kind k_owner objects of other owners
--- superuser
ALTER SCHEMA k_owner OWNER TO auditor;
CREATE TABLE k_owner.t (a serial);
CREATE FUNCTION k_owner.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TYPE k_owner.e AS ENUM ('x');
ALTER TABLE k_owner.t OWNER TO auditor;
ALTER FUNCTION k_owner.f() OWNER TO auditor;
ALTER TYPE k_owner.e OWNER TO reader;
GRANT USAGE ON SCHEMA k_owner TO PUBLIC;
GRANT SELECT ON k_owner.t, k_owner.t_a_seq TO PUBLIC;
