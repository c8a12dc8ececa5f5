#include "redis/value_commands.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "base/error.h"
#include "base/wire.h"
#include "redis/crc64.h"
#include "redis/function_dump.h"
#include "redis/key_text.h"

namespace lifeboat::redis {
namespace {

Bytes closed(Bytes value, std::uint16_t rdb_version = 12) {
  WireWriter out;
  out.put_bytes(value).put(rdb_version);
  out.put(crc64(0, out.bytes()));
  return out.take();
}

Bytes text(std::string_view bytes) {
  Bytes out = {static_cast<std::uint8_t>(bytes.size())};
  append(out, as_bytes(bytes));
  return out;
}

/// Commands as lines, the key as "KEY".
std::string commands_of(ByteView payload, StreamAbilities abilities = {}) {
  std::string lines;
  static_cast<void>(translate(payload, abilities, [&](WriteCommand&& command) {
    command.words.at(command.key_at) = "KEY";
    for (const std::string& word : command.words) lines += word + " ";
    lines.back() = '\n';
  }));
  return lines;
}

TEST(RedisCommands, KeepScoresToTheLastBit) {
  WireWriter value;
  value.put(std::uint8_t{5}).put(std::uint8_t{3});
  const auto add = [&](std::string_view member, double score) {
    value.put_bytes(text(member)).put(std::bit_cast<std::uint64_t>(score));
  };
  add("a", 0.1 + 0.2);
  add("b", -std::numeric_limits<double>::infinity());
  add("c", 5e-324);
  EXPECT_EQ(commands_of(closed(value.take())), "ZADD KEY 0.30000000000000004 a -inf b 5e-324 c\n");
}

TEST(RedisCommands, AreBounded) {
  Bytes list = {1, 0x45, 0x78};  // 1,400 elements
  for (int i = 0; i < 1400; ++i) append(list, text("element"));
  std::vector<std::size_t> sizes;
  static_cast<void>(translate(closed(list), {}, [&](WriteCommand&& command) {
    sizes.push_back(command.words.size() - 2);
  }));
  EXPECT_EQ(sizes, (std::vector<std::size_t>{512, 512, 376}));
}

TEST(RedisCommands, WriteAnEmptyString) { EXPECT_EQ(commands_of(closed({0, 0})), "SET KEY \n"); }

/// A stream without entries: last id 9-1, three were added, 9-1 deleted; a group of a consumer to
/// whom 9-1 is still due, delivered at 1000 for the fourth time.
Bytes emptied_stream() {
  WireWriter value;
  value.put_bytes(Bytes{19, 0, 0, 9, 1, 0, 0, 9, 1, 3, 1});
  value.put_bytes(text("g")).put_bytes(Bytes{9, 1, 3, 1});
  const Bytes id = {0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1};
  value.put_bytes(id).put(std::uint64_t{1000}).put(std::uint8_t{4});
  value.put(std::uint8_t{2}).put_bytes(text("c")).put(std::uint64_t{7}).put(std::uint8_t{1});
  value.put_bytes(id).put_bytes(text("idle")).put(std::uint64_t{7}).put(std::uint8_t{0});
  return closed(value.take());
}

TEST(RedisCommands, BringPendingEntriesBackWhoseEntryIsGone) {
  EXPECT_EQ(commands_of(emptied_stream()),
            "XADD KEY 9-1 lifeboat \n"
            "XGROUP CREATE KEY g 9-1 MKSTREAM ENTRIESREAD 3\n"
            "XGROUP CREATECONSUMER KEY g c\n"
            "XCLAIM KEY g c 0 9-1 TIME 1000 RETRYCOUNT 4 FORCE JUSTID\n"
            "XGROUP CREATECONSUMER KEY g idle\n"
            "XDEL KEY 9-1\n"
            "XSETID KEY 9-1 ENTRIESADDED 3 MAXDELETEDID 9-1\n");
}

TEST(RedisCommands, SayWhatAnOlderServerCannotHold) {
  const StreamAbilities abilities = abilities_of("6.0.16");
  EXPECT_FALSE(abilities.consumers);
  EXPECT_TRUE(abilities_of("6.2.0").consumers);
  EXPECT_FALSE(abilities_of("6.2.0").counters);
  EXPECT_TRUE(abilities_of("7.0.15").counters);
  EXPECT_TRUE(abilities_of("").counters);
  std::size_t commands = 0;
  const Translation translation =
      translate(emptied_stream(), abilities, [&](WriteCommand&&) { ++commands; });
  EXPECT_EQ(commands, 5U);
  ASSERT_EQ(translation.inexact.size(), 1U);
  EXPECT_NE(translation.inexact[0].find("1 consumers"), std::string::npos);
}

TEST(RedisCommands, AreNotMadeForTypesThatAreNotKnown) {
  for (const auto type : Bytes{7, 22, 24, 25}) {
    const Translation translation =
        translate(closed({type, 1, 2, 3}), {}, [](WriteCommand&&) { ADD_FAILURE(); });
    EXPECT_FALSE(translation.known);
    EXPECT_EQ(translation.rdb_type, type);
  }
}

TEST(RedisCommands, AreNotMadeOfDamage) {
  Bytes payload = emptied_stream();
  payload[5] ^= 1;
  EXPECT_THROW(commands_of(payload), Error);
  for (std::size_t bytes = 1; bytes + 11 < emptied_stream().size(); ++bytes) {
    const ByteView front = ByteView(payload).first(bytes);
    EXPECT_THROW(commands_of(closed({front.begin(), front.end()})), Error) << bytes;
  }
}

TEST(RedisFunctionDump, IsComparedByItsLibraries) {
  const auto dump = [](std::initializer_list<std::string_view> codes, std::uint16_t version) {
    Bytes value;
    for (const std::string_view code : codes) {
      value.push_back(0xf5);
      append(value, text(code));
    }
    return closed(value, version);
  };
  EXPECT_EQ(libraries_in(dump({"b", "a"}, 10)), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(equal_functions(dump({"a", "b"}, 10), dump({"b", "a"}, 12)));
  EXPECT_FALSE(equal_functions(dump({"a"}, 10), dump({"a", "b"}, 10)));
  EXPECT_TRUE(equal_functions(std::nullopt, dump({}, 10)));
  EXPECT_FALSE(equal_functions(std::nullopt, dump({"a"}, 10)));
  EXPECT_TRUE(equal_functions(std::nullopt, std::nullopt));
  EXPECT_EQ(libraries_in(closed({0xf6, 1, 'x'})), std::nullopt);
  Bytes damaged = dump({"a"}, 10);
  damaged[1] ^= 1;
  EXPECT_THROW(static_cast<void>(libraries_in(damaged)), Error);
}

TEST(RedisKeyText, HasNothingThatATerminalObeys) {
  EXPECT_EQ(shown_key("session:1"), R"("session:1")");
  EXPECT_EQ(shown_key("a\r\n\t\"\\"), R"("a\r\n\t\"\\")");
  EXPECT_EQ(shown_key(std::string_view("\0\x1b[31m\xff\x7f", 8)), R"("\x00\x1b[31m\xff\x7f")");
  EXPECT_EQ(shown_key(""), R"("")");
}

}  // namespace
}  // namespace lifeboat::redis
