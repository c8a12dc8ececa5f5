--- chapter values
--- kind k_number numbers with NaN, infinities, the least and greatest, all scales
CREATE TABLE n (a smallint, b integer, c bigint, d numeric, e numeric(8,3), f real, g double precision, h numeric(3,-2));
INSERT INTO n VALUES
  (-32768, -2147483648, -9223372036854775808, 'NaN', -99999.999, 'NaN', '-Infinity', 12300),
  (32767, 2147483647, 9223372036854775807, 'Infinity', 0.001, '1e-45', '5e-324', -100),
  (0, 0, 0, '-Infinity', 0, '-0', '-0', 0),
  (1, 1, 1, 1.10000000000000000000000000000000000000001, 1.5, 0.1, 0.1, NULL),
  (NULL, NULL, NULL, repeat('9', 2000)::numeric, NULL, 3.4028235e38, 1.7976931348623157e308, NULL);
--- check
SELECT string_agg(concat_ws(' ', d::text, float4send(f), float8send(g)), ' ' ORDER BY a, b, d::text) FROM n

--- kind k_time dates and times with infinity, BC, offsets and all forms of intervals
CREATE TABLE t (a date, b time, c timetz, d timestamp, e timestamptz, f interval, g interval day to minute, h timestamp(0));
INSERT INTO t VALUES
  ('infinity', '00:00', '00:00+15:59', 'infinity', '-infinity', '1 year -2 mons +3 days -04:05:06.789', '1 day 02:03', '2026-11-25 10:20:30.6'),
  ('4713-01-01 BC', '24:00:00', '23:59:59.999999-15:59', '4713-01-01 BC', '0044-03-15 12:00 BC', '-178000000 years', '0', '2000-01-01'),
  ('5874897-12-31', '12:34:56.000001', '00:00+00', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00', '178000000 years', NULL, NULL),
  (NULL, NULL, NULL, '2026-03-29 02:30', '2026-03-29 02:30 Europe/Berlin', '@ 0', '-1 day', NULL);
--- check
SELECT string_agg(concat_ws(' ', timestamp_send(d), timestamptz_send(e), interval_send(f), timetz_send(c)), ' ' ORDER BY a) FROM t

--- kind k_text texts and bytes with tabs, newlines, backslashes, quotes, \., \N, all of Unicode
CREATE TABLE t (a text, b varchar(5), c char(5), d name, e "char", f bytea);
INSERT INTO t VALUES
  (E'tab\there\nnew\r\nline\b\f\v', 'äöü€𝄞', 'ab', 'a name', 'x', '\x00ff5c0a0d09'),
  (E'\\.', E'\\N', E'\\', 'x', '', ''),
  ('', '', '', '', NULL, decode(repeat('00', 100000), 'hex')),
  (E'\u0001\u007f\u00a0\u200b\ufeff\U0001F600', NULL, NULL, NULL, E'\\377'::"char", NULL),
  (repeat('long ', 100000), NULL, NULL, NULL, NULL, NULL);
INSERT INTO t (a) SELECT string_agg(chr(n), '') FROM generate_series(1, 300) n;

--- kind k_bits bit strings, booleans, uuid, network addresses, money
CREATE TABLE t (a bit(3), b varbit, c boolean, d uuid, e inet, f cidr, g macaddr, h macaddr8, i money);
INSERT INTO t VALUES
  (B'101', B'', true, '00000000-0000-0000-0000-000000000000', '192.168.0.1/24', '10/8', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', '92233720368547758.07'),
  (B'000', B'1010101010101', false, 'ffffffff-ffff-ffff-ffff-ffffffffffff', '::ffff:1.2.3.4/128', '2001:db8::/32', NULL, NULL, '-92233720368547758.08'),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

--- kind k_json json (as it was written), jsonb, jsonpath, xml documents and fragments
CREATE TABLE t (a json, b jsonb, c jsonpath, d xml);
INSERT INTO t VALUES
  ('{"b":1,  "a":2, "a":3}', '{"b":1e400, "a":[1.10, null, "\ttab \u00e4 \\u0000"]}', '$.a[*] ? (@ > 1)', '<a b="c">text &amp; <![CDATA[x]]></a>'),
  ('null', 'null', NULL, 'just text <b/> and more'),
  ('"\u0000"', '"x"', 'strict $', '<?xml version="1.0"?><doc/>'),
  (NULL, NULL, NULL, NULL);

--- kind k_search tsvector, tsquery, pg_lsn, txid_snapshot, pg_snapshot
CREATE TABLE t (a tsvector, b tsquery, c pg_lsn, d txid_snapshot, e pg_snapshot, f xid8);
INSERT INTO t VALUES
  ('fat:2A,4B ''it''''s'':16383 cat:3C', 'fat & (rat:AB | !cat) <-> dog:*', '16/B374D848', '10:20:10,14,15', '10:20:10', '18446744073709551615'),
  ('', '', '0/0', NULL, NULL, '0');

--- kind k_shapes geometric types
CREATE TABLE t (a point, b line, c lseg, d box, e path, f polygon, g circle);
INSERT INTO t VALUES
  ('(1e-300,NaN)', '{1,-1,0.1}', '[(0,0),(1,1)]', '(1,1),(0,0)', '[(0,0),(1,1),(2,0)]', '((0,0),(1,1),(2,0))', '<(0,0),Infinity>'),
  ('(-0,Infinity)', '{0,1,0}', '[(0.1,0.2),(0.3,0.4)]', '(1e300,1),(-1,-1)', '((0,0),(1,1))', '((0,0))', '<(1,2),0>');

--- kind k_ranges ranges and multiranges: empty, unbounded, infinite
CREATE TABLE t (a int4range, b numrange, c tstzrange, d daterange, e int8multirange, f tsmultirange);
INSERT INTO t VALUES
  ('empty', '(,)', '[-infinity,infinity]', '[2026-01-01,infinity)', '{}', '{[2026-01-01,2026-02-01),[2026-03-01,)}'),
  ('[1,5)', '(0.10,1.00]', '["2026-01-01 00:00+00",)', '(,2026-01-01]', '{[1,3),[7,9)}', '{(,)}'),
  (NULL, NULL, NULL, NULL, NULL, NULL);

--- kind k_arrays arrays: empty, nested, with bounds, with nulls and quotes
CREATE TABLE t (a integer[], b text[], c timestamptz[][], d json[], e bytea[]);
INSERT INTO t VALUES
  ('{}', '{}', '{}', '{}', '{}'),
  ('[0:2]={1,NULL,3}', ARRAY['NULL', NULL, '', 'a"b', 'c\d', '{e,f}', E'\n'], '{{infinity,-infinity},{NULL,2026-01-01}}', ARRAY['{"a":1}'::json], ARRAY['\x00'::bytea]),
  ('{{1,2},{3,4}}', '[-1:0][5:6]={{a,b},{c,d}}', NULL, NULL, NULL);

--- kind k_reg reg* values, oids, tids
CREATE TABLE t (a regclass, b regtype, c regrole, d regnamespace, e oid, f tid, g oidvector, h int2vector);
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
INSERT INTO t VALUES ('k_reg.t', 'integer', 'reader', 'pg_catalog', 4294967295, '(4294967295,65535)', '1 2 3', '-1 0 1'),
  ('pg_class', 'timestamp with time zone', NULL, 'k_reg', 0, '(0,0)', '', '');

--- kind k_composite values of composite types, nested, with nulls
CREATE TYPE inner_pair AS (x integer, y text);
CREATE TYPE outer_pair AS (a inner_pair, b inner_pair[]);
CREATE TABLE t (v outer_pair);
INSERT INTO t VALUES (ROW(ROW(1, 'a,"b" (c)'), ARRAY[ROW(NULL, NULL)::inner_pair, NULL])), (ROW(NULL, '{}')), (NULL);
