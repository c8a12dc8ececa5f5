#include "resp/parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "base/error.h"

namespace lifeboat::resp {
namespace {

Value one(std::string_view text, Limits limits = {}) {
  Parser parser(limits);
  parser.feed(as_bytes(text));
  const auto value = parser.next();
  if (!value) throw Error(ErrorKind::not_found, "unfinished");
  EXPECT_FALSE(parser.in_the_middle());
  return *value;
}

/// A reply with every kind in it, some deep.
const std::string kAll =
    "*11\r\n+OK\r\n-ERR no\r\n:-42\r\n$3\r\na\r\n\r\n$-1\r\n*-1\r\n"
    "%2\r\n+k\r\n#t\r\n$0\r\n\r\n,1.5\r\n~1\r\n(123456789012345678901234567890\r\n_\r\n"
    "=7\r\ntxt:abc\r\n|1\r\n+ttl\r\n:3\r\n!5\r\nERR x\r\n";

TEST(RespParser, ReadsEveryKindOfReply) {
  const Value value = one(kAll);
  ASSERT_EQ(value.items.size(), 11U);
  EXPECT_EQ(value.items[0].kind, Kind::simple);
  EXPECT_EQ(value.items[1].code(), "ERR");
  EXPECT_EQ(value.items[2].integer, -42);
  EXPECT_EQ(value.items[3].text, "a\r\n");
  EXPECT_TRUE(value.items[4].is_nil());
  EXPECT_TRUE(value.items[5].is_nil());
  ASSERT_EQ(value.items[6].items.size(), 4U);
  EXPECT_EQ(value.items[6].items[1].integer, 1);
  EXPECT_EQ(value.items[6].items[3].text, "1.5");
  EXPECT_EQ(value.items[7].items[0].text, "123456789012345678901234567890");
  EXPECT_TRUE(value.items[8].is_nil());
  EXPECT_EQ(value.items[9].text, "abc");
  EXPECT_TRUE(value.items[10].is_error());  // the attribute before it is no element
}

TEST(RespParser, GivesTheSameWhereverTheBytesAreCut) {
  const Value whole = one(kAll);
  for (std::size_t cut = 1; cut < kAll.size(); ++cut) {
    Parser parser;
    parser.feed(as_bytes(kAll.substr(0, cut)));
    EXPECT_FALSE(parser.next()) << cut;
    EXPECT_TRUE(parser.in_the_middle());
    parser.feed(as_bytes(kAll.substr(cut)));
    EXPECT_EQ(parser.next(), whole) << cut;
  }
  Parser slow;
  for (std::size_t i = 0; i + 1 < kAll.size(); ++i) {
    slow.feed(as_bytes(kAll.substr(i, 1)));
    EXPECT_FALSE(slow.next());
  }
  slow.feed(as_bytes("\n"));
  EXPECT_EQ(slow.next(), whole);
}

TEST(RespParser, KeepsRepliesApart) {
  Parser parser;
  parser.feed(as_bytes("+a\r\n>2\r\n+invalidate\r\n_\r\n*0\r\n:7\r\n$1"));
  EXPECT_EQ(parser.next()->text, "a");
  EXPECT_EQ(parser.next()->kind, Kind::push);
  EXPECT_EQ(parser.next()->kind, Kind::array);
  EXPECT_EQ(parser.next()->integer, 7);
  EXPECT_FALSE(parser.next());
}

TEST(RespParser, RefusesWhatIsNotTheProtocol) {
  for (const std::string text :
       {"HTTP/1.1 400 Bad Request\r\n", "\r\n", "$x\r\n", "$-2\r\n", "$3\r\nabcd\r\n", "$1\r\naXY",
        ":\r\n", ":1x\r\n", "+a\n", "#x\r\n", "_1\r\n", "*-2\r\n", "%-1\r\n", "=2\r\nab\r\n",
        "$?\r\n", ":99999999999999999999\r\n"}) {
    Parser parser;
    parser.feed(as_bytes(text));
    EXPECT_THROW(static_cast<void>(parser.next()), Error) << text;
  }
}

TEST(RespParser, BoundsEveryLength) {
  Limits limits;
  limits.line_bytes = 20;
  limits.bulk_bytes = 10;
  limits.depth = 3;
  limits.elements = 8;
  EXPECT_EQ(one("$10\r\n0123456789\r\n", limits).text, "0123456789");
  EXPECT_THROW(one("$11\r\n", limits), Error);
  EXPECT_THROW(one("+" + std::string(30, 'x'), limits), Error);
  EXPECT_THROW(one("*9\r\n", limits), Error);
  EXPECT_THROW(one("%5\r\n", limits), Error);
  EXPECT_THROW(one("*4000000000000000000\r\n", limits), Error);
  EXPECT_EQ(one("*1\r\n*1\r\n*1\r\n:1\r\n", limits).items.size(), 1U);
  EXPECT_THROW(one("*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", limits), Error);
  // Many small lists make a large one.
  EXPECT_THROW(one("*3\r\n*3\r\n:1\r\n:1\r\n:1\r\n*3\r\n:1\r\n:1\r\n:1\r\n*0\r\n", limits), Error);
}

TEST(RespParser, SurvivesChangedBytes) {
  std::mt19937 random(7);
  const std::string marks = "+-:$*_#,(!=%~>|0123456789\r\n";
  std::size_t refused = 0;
  std::size_t read = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = kAll;
    for (unsigned i = 0; i <= random() % 3; ++i) {
      text[random() % text.size()] = marks[random() % marks.size()];
    }
    Limits limits;
    limits.bulk_bytes = 1000;
    limits.elements = 1000;
    Parser parser(limits);
    try {
      for (std::size_t at = 0; at < text.size();) {
        const std::size_t count = std::min<std::size_t>(1 + random() % 40, text.size() - at);
        parser.feed(as_bytes(std::string_view(text).substr(at, count)));
        at += count;
        while (parser.next()) ++read;
      }
    } catch (const Error& error) {
      ASSERT_EQ(error.kind(), ErrorKind::corrupt);
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000U);
  EXPECT_GT(read, 1000U);
}

TEST(RespCommand, CarriesAnyBytes) {
  Bytes out;
  append_command(out, {"SET", std::string_view("a\r\n\0b", 5), ""});
  const std::string_view expected("*3\r\n$3\r\nSET\r\n$5\r\na\r\n\0b\r\n$0\r\n\r\n", 30);
  EXPECT_EQ(as_text(out), expected);
}

}  // namespace
}  // namespace lifeboat::resp
