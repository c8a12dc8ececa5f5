--- chapter types
--- kind k_enum enums whose labels were renamed and put in between
CREATE TYPE e AS ENUM ('b', 'd', 'it''s "x"');
ALTER TYPE e ADD VALUE 'a' BEFORE 'b';
ALTER TYPE e ADD VALUE 'c' AFTER 'b';
ALTER TYPE e RENAME VALUE 'd' TO 'D';
CREATE TYPE nothing AS ENUM ();
CREATE TABLE t (v e DEFAULT 'c', w e[]);
INSERT INTO t SELECT x, ARRAY[x, NULL] FROM unnest(enum_range(NULL::e)) x;
CREATE INDEX t_v ON t (v);
--- check
SELECT string_agg(v::text, ',' ORDER BY v) FROM t

--- kind k_domain domains: checks, NOT VALID, defaults, over arrays, ranges, composites and domains
CREATE DOMAIN positive AS integer DEFAULT 7 CONSTRAINT above CHECK (VALUE > 0);
CREATE DOMAIN small AS positive NOT NULL CONSTRAINT below CHECK (VALUE < 100);
CREATE DOMAIN tags AS text[] CHECK (cardinality(VALUE) < 5);
CREATE DOMAIN span AS int4range CHECK (NOT isempty(VALUE));
CREATE TYPE pair AS (x integer, y integer);
CREATE DOMAIN ordered AS pair CHECK ((VALUE).x < (VALUE).y);
CREATE DOMAIN caseless AS text COLLATE "C";
CREATE TABLE t (a positive, b small, c tags, d span, e ordered, f caseless, g small[]);
INSERT INTO t VALUES (1, 2, '{a,b}', '[1,2)', '(1,2)', 'x', '{3,4}');
ALTER DOMAIN positive ADD CONSTRAINT later CHECK (VALUE <> 13) NOT VALID;

--- kind k_comp composite types whose attributes were dropped and added
CREATE TYPE c AS (a integer, b text COLLATE "C", gone integer);
ALTER TYPE c DROP ATTRIBUTE gone;
ALTER TYPE c ADD ATTRIBUTE d numeric(10,2)[];
CREATE TABLE t OF c (a NOT NULL);
CREATE TABLE u (v c);
INSERT INTO t VALUES (1, 'x', '{1.50}');
INSERT INTO u SELECT t FROM t;

--- kind k_range range types of one's own, with their multiranges
CREATE FUNCTION time_diff(a time, b time) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT AS 'SELECT extract(epoch FROM a - b)';
CREATE TYPE times AS RANGE (SUBTYPE = time, SUBTYPE_DIFF = time_diff, MULTIRANGE_TYPE_NAME = many_times);
CREATE TYPE words AS RANGE (SUBTYPE = text, COLLATION = "C");
CREATE TABLE t (a times, b many_times, c words);
INSERT INTO t VALUES ('[08:00,17:00)', '{[08:00,12:00),[13:00,17:00)}', '[a,b]');
CREATE INDEX t_a ON t USING gist (a);

--- kind k_base base types in C and their casts
--- expect named owner heroku
--- superuser
CREATE TYPE k_base.mass;
CREATE FUNCTION mass_in(cstring) RETURNS mass LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION mass_out(mass) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE k_base.mass (INPUT = mass_in, OUTPUT = mass_out, LIKE = integer, CATEGORY = 'N');
CREATE CAST (mass AS integer) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE TABLE t (m mass);
INSERT INTO t VALUES ('7');
GRANT SELECT ON t TO PUBLIC;
GRANT USAGE ON SCHEMA k_base TO PUBLIC;

--- kind k_cast casts by function and by text form
CREATE TYPE celsius AS (degrees numeric);
CREATE FUNCTION degrees_of(celsius) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1.degrees';
CREATE CAST (celsius AS numeric) WITH FUNCTION degrees_of(celsius) AS IMPLICIT;
CREATE TYPE word AS ENUM ('yes', 'no');
CREATE CAST (word AS text) WITH INOUT AS ASSIGNMENT;
CREATE TABLE t (a numeric DEFAULT ROW(21.5)::celsius::numeric);

--- kind k_collation collations: libc, ICU, case insensitive
CREATE COLLATION c FROM "C";
CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk');
CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE t (a text COLLATE c, b text COLLATE german, d text COLLATE caseless UNIQUE);
INSERT INTO t VALUES ('a', 'ä', 'X'), ('B', 'z', 'y');
CREATE INDEX t_b ON t (b COLLATE "C", a COLLATE german DESC);
--- check
SELECT string_agg(d, ',' ORDER BY b) || (SELECT count(*) FROM t WHERE d = 'x') FROM t

--- kind k_conversion conversions
--- superuser
CREATE CONVERSION k_conversion.own FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
COMMENT ON CONVERSION k_conversion.own IS 'kept';

--- kind k_operator operators, operator classes and families of one's own
--- expect named owner heroku
--- superuser
CREATE FUNCTION same(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT abs($1) = abs($2)';
CREATE FUNCTION less(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT abs($1) < abs($2)';
CREATE FUNCTION compared(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT abs($1) - abs($2)';
CREATE OPERATOR <~ (FUNCTION = less, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = >~);
CREATE OPERATOR >~ (FUNCTION = less, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = <~);
CREATE OPERATOR =~ (FUNCTION = same, LEFTARG = integer, RIGHTARG = integer, RESTRICT = eqsel, JOIN = eqjoinsel, MERGES);
CREATE OPERATOR FAMILY by_size USING btree;
CREATE OPERATOR CLASS by_size FOR TYPE integer USING btree FAMILY by_size AS
  OPERATOR 1 <~ (integer, integer), OPERATOR 3 =~, FUNCTION 1 compared(integer, integer);
CREATE TABLE t (a integer);
INSERT INTO t VALUES (-5), (3);
CREATE INDEX t_by_size ON t (a by_size);
GRANT SELECT ON t TO PUBLIC;
GRANT USAGE ON SCHEMA k_operator TO PUBLIC;

--- kind k_prefix operators without a class
CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE OPERATOR ~~~ (FUNCTION = twice, RIGHTARG = integer);
COMMENT ON OPERATOR ~~~ (NONE, integer) IS 'twice';
CREATE VIEW v AS SELECT ~~~ 21 AS answer;
--- check
SELECT answer::text FROM v

--- kind k_fulltext text search configurations and dictionaries
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, ACCEPT = false);
CREATE TEXT SEARCH CONFIGURATION c (COPY = english);
ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR asciiword WITH d, english_stem;
ALTER TEXT SEARCH CONFIGURATION c DROP MAPPING FOR email;
COMMENT ON TEXT SEARCH CONFIGURATION c IS 'ours';
CREATE TABLE t (a text, v tsvector GENERATED ALWAYS AS (to_tsvector('k_fulltext.c', a)) STORED);
INSERT INTO t VALUES ('The cats of a@b.example');
CREATE INDEX t_v ON t USING gin (v);

--- kind k_parser text search parsers and templates
--- expect named owner heroku
--- superuser
CREATE TEXT SEARCH PARSER k_parser.p (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE k_parser.t (INIT = dsimple_init, LEXIZE = dsimple_lexize);
