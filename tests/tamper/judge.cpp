#include "tamper/judge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "vault/check.h"
#include "vault/history.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::tamper {
namespace {

using namespace vault;

constexpr std::size_t kLeastCases = 3500;
std::size_t cases = 0;

/// A matrix that shrank is a failure too, unless somebody asked for a part of it.
class CaseCount final : public testing::Environment {
 public:
  void TearDown() override {
    std::cout << "[  cases   ] " << cases << " tamper cases\n";
    if (testing::GTEST_FLAG(filter) == "*") {
      EXPECT_GE(cases, kLeastCases);
    }
  }
};
[[maybe_unused]] const testing::Environment* const kCounter =
    testing::AddGlobalTestEnvironment(new CaseCount);

Outcome gravest(const std::vector<Problem>& problems) {
  Outcome outcome;
  for (const Problem& problem : problems) outcome = graver(outcome, problem.kind);
  return outcome;
}

void note(std::string& said, const std::vector<Problem>& problems) {
  for (const Problem& problem : problems) said += problem.object + ": " + problem.what + "\n";
}

std::string text_of(const SnapshotReader& reader, const StreamEntry& stream) {
  if (stream.kind == StreamKind::document) {
    return std::string(as_text(reader.document(stream.source, stream.name)));
  }
  std::string text;
  for (const RangeEntry& range : reader.ranges(stream)) {
    static_cast<void>(reader.facts(range));
    const auto source = reader.open(range);
    text += as_text(stream::read_all(*source, std::size_t{1} << 30U));
  }
  return text;
}

/// What was captured under this id; a victim that was signed anew has the content of the newest.
const Taken* origin_of(const SnapshotId& id, const SnapshotId& victim) {
  for (const Taken* taken : scene().listed()) {
    if (taken->record.id() == id) return taken;
  }
  return id == victim && id != scene().gone.record.id() ? &scene().newest() : nullptr;
}

}  // namespace

void read_whole(const Vault& vault, const SnapshotRecord& record, const Taken& origin) {
  const SnapshotReader reader(vault, record);
  reader.require_packs();
  EXPECT_EQ(reader.streams().size(), origin.text.size()) << "streams are missing";
  for (const StreamEntry& stream : reader.streams()) {
    EXPECT_TRUE(text_of(reader, stream) == origin.text.at(stream.name)) << "WRONG BYTES";
  }
}

namespace {

class Look {
 public:
  explicit Look(const Attempt& attempt)
      : attempt_(attempt), clock_(*parse_instant("2026-12-24T03:12:00Z")), store_(clock_) {
    fill(store_, attempt.objects);
  }

  [[nodiscard]] Outcome list() {
    return told([&] {
      const History history = read_history(open());
      for (const SnapshotRecord& snapshot : history.snapshots) require_honest(history, snapshot);
      note(said_, history.problems);
      return gravest(history.problems);
    });
  }

  [[nodiscard]] Outcome check() {
    return told([&] {
      SilentObserver silent;
      const CheckReport report = vault::check(open(), CheckDepth::decrypt, silent, {});
      note(said_, report.problems);
      return gravest(report.problems);
    });
  }

  [[nodiscard]] Outcome restore() {
    return told([&]() -> Outcome {
      const Vault vault = open();
      const SnapshotRecord record = resolve_snapshot(vault, attempt_.victim.hex());
      read_whole(vault, record, *origin_of(record.id(), attempt_.victim));
      return kClean;
    });
  }

  /// Every other snapshot is read too: it may fail, it may not lie.
  void restore_the_others() {
    static_cast<void>(told([&]() -> Outcome {
      const Vault vault = open();
      const History history = read_history(vault);
      for (const Taken* taken : scene().listed()) {
        static_cast<void>(told([&]() -> Outcome {
          const auto word = SnapshotWord::from_text(taken->record.id().hex());
          read_whole(vault, resolve_snapshot(vault, history, word), *taken);
          return kClean;
        }));
      }
      return kClean;
    }));
  }

  [[nodiscard]] const std::string& said() const { return said_; }

 private:
  [[nodiscard]] Vault open() { return {store_, scene().as(Role::identity)}; }

  template <typename Work>
  Outcome told(Work&& work) {
    try {
      return work();
    } catch (const Error& error) {
      said_ += error.message() + " " + error.hint() + "\n";
      return error.kind();
    }
  }

  void require_honest(const History& history, const SnapshotRecord& snapshot) const {
    EXPECT_NE(origin_of(snapshot.id(), attempt_.victim), nullptr) << "nobody took this snapshot";
    if (snapshot.id() == scene().shop[0].record.id()) return;
    EXPECT_FALSE(history.proofs_of(snapshot).proven_at) << "nobody proved this snapshot";
  }

  const Attempt& attempt_;
  FakeClock clock_;
  store::MemoryStore store_;
  std::string said_;
};

}  // namespace

Outcome graver(Outcome a, Outcome b) {
  for (const ErrorKind kind : {ErrorKind::stale, ErrorKind::denied}) {
    if (a == kind || b == kind) return kind;
  }
  return a || b ? kCorrupt : kClean;
}

Attempt attempt(const std::string& name) {
  return {name, scene().objects, scene().newest().record.id(), ""};
}

void judge(const Attempt& attempt, const Expected& expected) {
  SCOPED_TRACE(attempt.name);
  count_case();
  Look look(attempt);
  const Outcome check = look.check();
  EXPECT_EQ(words(check), words(expected.check)) << "check said:\n" << look.said();
  const Outcome list = look.list();
  EXPECT_EQ(words(list), words(expected.list)) << "ls said:\n" << look.said();
  const Outcome restore = look.restore();
  EXPECT_EQ(words(restore), words(expected.restore)) << "restore said:\n" << look.said();
  EXPECT_NE(look.said().find(attempt.says), std::string::npos)
      << "nothing said \"" << attempt.says << "\", but:\n"
      << look.said();
  look.restore_the_others();
}

std::string words(const Outcome& outcome) {
  return outcome ? std::string(name_of(*outcome)) : "clean";
}

void count_case() { ++cases; }

}  // namespace lifeboat::tamper
