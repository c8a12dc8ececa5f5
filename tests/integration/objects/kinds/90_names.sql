--- chapter names
--- kind k_names quotes, newlines, backslashes, 63 bytes, Unicode, upper case, reserved words, dots, a dash at the front
CREATE TABLE "Upper" ("select" integer PRIMARY KEY, "a b" text, "a""b" text, "a.b" text, "ä€𝄞" text, "$1" text, "a\b" text, "'" text);
INSERT INTO "Upper" VALUES (1, 'a', 'b', 'c', 'd', 'e', 'f', 'g');
CREATE TABLE "t.with.dots" (a integer);
CREATE TABLE "new
line; DROP TABLE x; --" (a integer, "
" integer);
INSERT INTO "new
line; DROP TABLE x; --" VALUES (1, 2);
CREATE TABLE "t""q""" (a integer UNIQUE, "b,c" integer);
CREATE INDEX "i'x"" ;" ON "t""q""" ("b,c");
CREATE TABLE "ÄäÄäÄäÄäÄäÄäÄäÄäÄäÄäÄäÄäÄäÄäÄäÄx" ("n234567890123456789012345678901234567890123456789012345678901234" serial);
INSERT INTO "ÄäÄäÄäÄäÄäÄäÄäÄäÄäÄäÄäÄäÄäÄäÄäÄx" DEFAULT VALUES;
CREATE TABLE "-dash" (a integer);
CREATE TABLE "table" ("order" integer, "user" text, "end" integer GENERATED ALWAYS AS ("order" + 1) STORED);
INSERT INTO "table" VALUES (1, 'x');
CREATE VIEW "View 1" AS SELECT "select" AS "from", "a""b" FROM "Upper";
CREATE FUNCTION "f ""(x) ;"("arg ""1""" integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TYPE "E ""n""" AS ENUM ('A ''b''', '');
CREATE SEQUENCE "s'q";
CREATE TABLE "%s %d {} \n" ("{}" "E ""n""" DEFAULT 'A ''b''');
INSERT INTO "%s %d {} \n" VALUES (''), (DEFAULT);
COMMENT ON TABLE "-dash" IS 'it''s -- a dash';
--- check
SELECT count(*)::text FROM "View 1"

--- kind k_schema_names schemas with such names
CREATE SCHEMA "k_schema_names ""x""; --";
CREATE TABLE "k_schema_names ""x""; --"."T" (a integer);
INSERT INTO "k_schema_names ""x""; --"."T" VALUES (7);
CREATE SCHEMA "k_schema_names.select";
CREATE TABLE "k_schema_names.select"."user" ("user" integer PRIMARY KEY REFERENCES "k_schema_names.select"."user");
INSERT INTO "k_schema_names.select"."user" VALUES (1);
--- check
SELECT a::text FROM "k_schema_names ""x""; --"."T"
