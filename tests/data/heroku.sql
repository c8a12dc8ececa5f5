-- What a Heroku Postgres brings along, for a superuser to run in a database of role shop_heroku's:
-- schema _heroku with its functions, four event triggers that call them, pg_stat_statements of
-- another role's, and the schema heroku_ext of databases from 2022 and 2023 with extensions in it.
-- Taken from structure.sql files that Heroku's customers publish.
DO $roles$
BEGIN
  IF to_regrole('heroku_admin') IS NULL THEN
    CREATE ROLE heroku_admin SUPERUSER NOLOGIN;
    CREATE ROLE rdsadmin SUPERUSER NOLOGIN;
    CREATE ROLE rds_superuser NOLOGIN;
  END IF;
END
$roles$;

SET ROLE heroku_admin;
CREATE SCHEMA _heroku;
CREATE TABLE _heroku.extension_log (at timestamptz DEFAULT now(), command text);
CREATE FUNCTION _heroku.create_ext() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO _heroku.extension_log (command) SELECT command_tag FROM pg_event_trigger_ddl_commands();
END $$;
CREATE FUNCTION _heroku.drop_ext() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO _heroku.extension_log (command) SELECT object_identity FROM pg_event_trigger_dropped_objects();
END $$;
CREATE FUNCTION _heroku.extension_before_drop() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF current_query() ~* 'plpgsql' THEN RAISE EXCEPTION 'The plpgsql extension cannot be dropped'; END IF;
END $$;
CREATE FUNCTION _heroku.validate_search_path() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF current_setting('search_path') ~ '^ *pg_temp' THEN RAISE EXCEPTION 'search_path must not begin with pg_temp'; END IF;
  RETURN true;
END $$;
CREATE FUNCTION _heroku.validate_extension() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM _heroku.validate_search_path();
  IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE schema_name = '_heroku') THEN
    RAISE EXCEPTION 'Creating extensions in the _heroku schema is not allowed';
  END IF;
END $$;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA _heroku FROM PUBLIC;
CREATE EVENT TRIGGER extension_before_drop ON ddl_command_start WHEN TAG IN ('DROP EXTENSION')
  EXECUTE FUNCTION _heroku.extension_before_drop();
CREATE EVENT TRIGGER log_create_ext ON ddl_command_end WHEN TAG IN ('CREATE EXTENSION')
  EXECUTE FUNCTION _heroku.create_ext();
CREATE EVENT TRIGGER log_drop_ext ON sql_drop WHEN TAG IN ('DROP EXTENSION')
  EXECUTE FUNCTION _heroku.drop_ext();
CREATE EVENT TRIGGER validate_extension ON ddl_command_end WHEN TAG IN ('CREATE EXTENSION')
  EXECUTE FUNCTION _heroku.validate_extension();

CREATE SCHEMA heroku_ext;
GRANT USAGE ON SCHEMA heroku_ext TO PUBLIC;
CREATE EXTENSION citext WITH SCHEMA heroku_ext;
CREATE EXTENSION hstore WITH SCHEMA heroku_ext;

SET ROLE rdsadmin;
CREATE EXTENSION pg_stat_statements WITH SCHEMA public;
REVOKE ALL ON FUNCTION public.pg_stat_statements_reset(oid, oid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.pg_stat_statements_reset(oid, oid, bigint) TO rds_superuser;
RESET ROLE;
