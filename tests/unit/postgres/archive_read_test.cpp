#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "os/file.h"
#include "postgres/archive.h"
#include "postgres/archive_check.h"

namespace lifeboat::postgres {
namespace {

using testing::HasSubstr;

Bytes tiny_archive() { return os::read_file(LIFEBOAT_TEST_TINY_ARCHIVE, 1 << 20); }

/// Writes archives as pg_backup_archiver.c does, one version at a time.
class ArchiveWriter {
 public:
  explicit ArchiveWriter(int minor) : minor_(minor) {
    append(bytes_, as_bytes("PGDMP"));
    for (const int byte : {1, minor, 0, 4, 8, 1}) put(byte);
    if (minor >= 15) {
      put(0);
    } else {
      integer(0);
    }
    for (int field = 0; field < 7; ++field) integer(0);
    for (const char* text : {"shop", "15.20", "17.2"}) string(text);
  }

  void count(int entries) { integer(entries); }

  void entry(int id, const std::string& kind, const std::string& sql, int section = 2) {
    integer(id);
    integer(0);
    for (const std::string& text :
         {std::string("1259"), std::string("42"), std::string("orders"), kind}) {
      string(text);
    }
    integer(section);
    string(sql);
    for (const char* text : {"DROP TABLE public.orders;\n", "", "public", ""}) string(text);
    if (minor_ >= 14) string("heap");
    if (minor_ >= 16) integer('r');
    for (const char* text : {"shop", "false", "7"}) string(text);
    integer(-1);
    for (int byte = 0; byte < 9; ++byte) put(byte == 0 ? 3 : 0);
  }

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

 private:
  void put(int byte) { bytes_.push_back(static_cast<std::uint8_t>(byte)); }
  void integer(int value) {
    put(value < 0 ? 1 : 0);
    for (int i = 0; i < 4; ++i) put((std::abs(value) >> (8 * i)) & 0xff);
  }
  void string(const std::string& text) {
    integer(static_cast<int>(text.size()));
    append(bytes_, as_bytes(text));
  }

  int minor_;
  Bytes bytes_;
};

void expect_corrupt(ByteView bytes) {
  try {
    static_cast<void>(read_archive(bytes));
    FAIL() << "it was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::corrupt) << error.message();
  }
}

TEST(Archive, ReadsWhatPgDumpWrote) {
  const Archive archive = read_archive(tiny_archive());
  EXPECT_EQ(archive.version, "1.14-0");
  EXPECT_EQ(archive.encoding_sql, "SET client_encoding = 'UTF8';\n");
  std::vector<std::string> labels;
  for (const ArchiveEntry& entry : archive.entries) labels.push_back(entry.label());
  EXPECT_THAT(labels,
              testing::ElementsAre("DATABASE tiny", "FUNCTION public.hostile()", "TABLE public.t",
                                   "COMMENT public.TABLE t", "CONSTRAINT public.t t_pkey"));
  EXPECT_EQ(archive.entries[4].depends_on, std::vector<int>{archive.entries[2].id});
  EXPECT_EQ(archive.entries[3].sql, "COMMENT ON TABLE public.t IS 'rows; and ''quotes''';\n");
}

TEST(Archive, KeepsAFunctionBodyThatLooksLikeADump) {
  const Archive archive = read_archive(tiny_archive());
  EXPECT_THAT(archive.entries[1].sql, HasSubstr("-- TOC entry 1 (class 1259 OID 1)"));
  EXPECT_THAT(archive.entries[1].sql, HasSubstr("DROP TABLE public.t;\n'; END$$;"));
}

TEST(Archive, ReadsEveryVersionItKnows) {
  for (const int minor : {12, 13, 14, 15, 16}) {
    ArchiveWriter writer(minor);
    writer.count(2);
    writer.entry(3, "TABLE", "CREATE TABLE public.orders ();\n");
    writer.entry(4, "INDEX", "CREATE INDEX ...;\n", 4);
    const Archive archive = read_archive(writer.bytes());
    ASSERT_EQ(archive.entries.size(), 2U) << minor;
    EXPECT_EQ(archive.entries[0].owner, "shop") << minor;
    EXPECT_EQ(archive.entries[0].table_access_method, minor >= 14 ? "heap" : "") << minor;
    EXPECT_EQ(archive.entries[1].section, Section::post_data) << minor;
    EXPECT_EQ(archive.entries[1].depends_on, std::vector<int>{7}) << minor;
  }
}

TEST(Archive, RefusesAnArchiveOfAnUnknownVersion) {
  for (const int minor : {11, 17}) {
    try {
      static_cast<void>(read_archive(ArchiveWriter(minor).bytes()));
      FAIL() << minor;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::not_found);
      EXPECT_NE(error.hint(), "");
    }
  }
}

TEST(Archive, RefusesAnArchiveCutOffAtAnyByteOfItsContents) {
  const Bytes whole = tiny_archive();
  // pg_dump writes nothing behind the table of contents of a schema-only archive.
  for (std::size_t length = 0; length < whole.size(); ++length) {
    expect_corrupt(ByteView(whole).first(length));
  }
}

TEST(Archive, RefusesTwoEntriesWithOneId) {
  ArchiveWriter writer(14);
  writer.count(2);
  writer.entry(3, "TABLE", "a");
  writer.entry(3, "TABLE", "b");
  expect_corrupt(writer.bytes());
}

TEST(Archive, RefusesAnUnknownSection) {
  ArchiveWriter writer(14);
  writer.count(1);
  writer.entry(3, "TABLE", "a", 9);
  expect_corrupt(writer.bytes());
}

TEST(ArchiveCheck, NoticesAnEntryThatPgRestoreListsAndWeDoNot) {
  const Archive archive = read_archive(tiny_archive());
  EXPECT_THROW(compare_with_listing(archive, "; comment\n9999; 1259 1 TABLE public x postgres\n"),
               Error);
}

TEST(ArchiveCheck, NoticesStatementsThatPgRestoreDoesNotPrint) {
  Archive archive = read_archive(tiny_archive());
  std::string script;
  for (const ArchiveEntry& entry : archive.entries) script += entry.sql + "\n";
  EXPECT_NO_THROW(compare_with_script(archive, script));
  archive.entries[2].sql += "GRANT ALL ON public.t TO PUBLIC;";
  EXPECT_THROW(compare_with_script(archive, script), Error);
}

}  // namespace
}  // namespace lifeboat::postgres
