#include "postgres/load_large_objects.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/units.h"

namespace lifeboat::postgres {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;
constexpr std::size_t kLongestLine = 8 * kMiB;  // a piece of 1 MiB is 2 MiB of hex
constexpr std::string_view kItem = "large objects";

struct Piece {
  Oid oid = 0;
  std::string_view hex;  ///< without the \x
};

[[noreturn]] void corrupt() {
  throw Error(ErrorKind::corrupt, "the stream of large objects is not of its form");
}

/// "oid TAB number TAB \\x<hex>"; the number is not needed, pieces come in order.
Piece parse_line(std::string_view line) {
  Piece piece;
  const std::size_t first = line.find('\t');
  const std::size_t second = first == line.npos ? line.npos : line.find('\t', first + 1);
  if (second == line.npos) corrupt();
  const auto [end, error] = std::from_chars(line.data(), line.data() + first, piece.oid);
  if (error != std::errc() || end != line.data() + first) corrupt();
  piece.hex = line.substr(second + 1);
  const std::size_t mark = piece.hex.find_first_not_of('\\');
  if (mark == 0 || mark == piece.hex.npos || piece.hex[mark] != 'x') corrupt();
  piece.hex.remove_prefix(mark + 1);
  if (piece.hex.size() % 2 != 0) corrupt();
  return piece;
}

/// Cuts a source into lines.
class LineReader {
 public:
  explicit LineReader(stream::Source& source) : source_(source), buffer_(kReadBytes) {}

  /// The next line without its end, valid until the next call.
  std::optional<std::string_view> next() {
    held_.erase(0, used_);
    used_ = 0;
    std::size_t searched = 0;
    while (true) {
      const std::size_t end = held_.find('\n', searched);
      if (end != std::string::npos) {
        used_ = end + 1;
        return std::string_view(held_).substr(0, end);
      }
      searched = held_.size();
      if (held_.size() > kLongestLine) corrupt();
      const std::size_t count = source_.read(buffer_);
      if (count == 0) {
        if (!held_.empty()) corrupt();
        return std::nullopt;
      }
      held_ += as_text(ByteView(buffer_).first(count));
    }
  }

 private:
  stream::Source& source_;
  Bytes buffer_;
  std::string held_;
  std::size_t used_ = 0;
};

class LargeObjectLoader {
 public:
  LargeObjectLoader(LoadSession& session, const Catalogue& catalogue, LoadOutcome& outcome,
                    Observer& observer)
      : session_(session), outcome_(outcome), observer_(observer) {
    for (const LargeObject& object : catalogue.large_objects) missing_[object.oid] = object;
  }

  void add(const Piece& piece) {
    if (!open_ || open_->oid != piece.oid) {
      close();
      open(piece.oid);
    }
    if (refused_) return;
    attempt([&] {
      static_cast<void>(session_.connection(SqlFrom::catalogue)
                            .query("SELECT pg_catalog.lo_put($1::oid, $2::bigint, $3::bytea)",
                                   {std::to_string(piece.oid), std::to_string(offset_),
                                    "\\x" + std::string(piece.hex)}));
    });
    offset_ += piece.hex.size() / 2;
    observer_.item_advanced(kItem, piece.hex.size() / 2, 0);
  }

  void finish() {
    close();
    // An empty one has a piece as well. Without any the capture's role could not read it: better
    // not there than there and empty.
    for (const auto& [oid, object] : missing_) {
      outcome_.left_out("large object " + std::to_string(oid), "the snapshot does not hold it");
    }
  }

 private:
  /// In a transaction of its own: an object is there whole or not at all.
  void open(Oid oid) {
    const auto known = missing_.find(oid);
    open_ = known == missing_.end() ? LargeObject() : known->second;
    open_->oid = oid;
    if (known != missing_.end()) missing_.erase(known);
    offset_ = 0;
    refused_ = false;
    attempt([&] {
      session_.connection(SqlFrom::catalogue).execute("BEGIN");
      static_cast<void>(session_.connection(SqlFrom::catalogue)
                            .query("SELECT pg_catalog.lo_create($1::oid)", {std::to_string(oid)}));
    });
  }

  void close() {
    if (!open_) return;
    if (!refused_) {
      attempt([&] { session_.connection(SqlFrom::catalogue).execute("COMMIT"); });
    }
    if (!refused_) describe(*open_);
    open_.reset();
  }

  template <typename Work>
  void attempt(Work&& work) {
    try {
      work();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::cancelled || ends_the_restore(sqlstate_of(error))) throw;
      refused_ = true;
      static_cast<void>(session_.run(SqlFrom::catalogue, "ROLLBACK"));
      outcome_.lost("large object " + std::to_string(open_->oid), error.message());
    }
  }

  void describe(const LargeObject& object) {
    const std::string name = "LARGE OBJECT " + std::to_string(object.oid);
    if (!object.comment.empty()) {
      const auto failure = session_.run(
          SqlFrom::catalogue, "COMMENT ON " + name + " IS " + quote_literal(object.comment));
      if (failure) outcome_.lost("comment on " + name, failure->message);
    }
    if (!object.owner.empty()) {
      const auto failure = session_.run(
          SqlFrom::catalogue, "ALTER " + name + " OWNER TO " + quote_identifier(object.owner));
      if (failure) outcome_.harmless("owner", failure->message);
    }
    if (!object.acl.empty()) grant(name, object);
  }

  /// Each aclitem by itself, read by the server: a role may be missing. The owner has his rights by
  /// being it.
  void grant(const std::string& name, const LargeObject& object) {
    constexpr std::string_view kGrants =
        "SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC'"
        " ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END,"
        " pg_catalog.string_agg(a.privilege_type, ', '), a.is_grantable"
        " FROM pg_catalog.aclexplode(ARRAY[$1::aclitem]) a"
        " WHERE pg_catalog.pg_get_userbyid(a.grantee) <> $2 GROUP BY 1, 3";
    pq::Connection& connection = session_.connection(SqlFrom::catalogue);
    const pq::Rows items = connection.query(
        "SELECT pg_catalog.unnest(CAST(CAST($1 AS pg_catalog.text) AS pg_catalog.text[]))",
        {object.acl});
    for (std::size_t i = 0; i < items.size(); ++i) {
      try {
        const pq::Rows grants = connection.query(kGrants, {items.text(i, 0), object.owner});
        for (std::size_t g = 0; g < grants.size(); ++g) {
          connection.execute("GRANT " + grants.text(g, 1) + " ON " + name + " TO " +
                             grants.text(g, 0) +
                             (grants.boolean(g, 2) ? " WITH GRANT OPTION" : ""));
        }
      } catch (const Error& error) {
        if (error.kind() == ErrorKind::cancelled || ends_the_restore(sqlstate_of(error))) throw;
        outcome_.harmless("grant", error.message());
      }
    }
  }

  LoadSession& session_;
  LoadOutcome& outcome_;
  Observer& observer_;
  std::map<Oid, LargeObject> missing_;
  std::optional<LargeObject> open_;
  std::uint64_t offset_ = 0;
  bool refused_ = false;
};

}  // namespace

void load_large_objects(LoadSession& session, const Catalogue& catalogue, stream::Source* pieces,
                        LoadOutcome& outcome, Observer& observer) {
  std::uint64_t expected = 0;
  for (const LargeObject& object : catalogue.large_objects) expected += object.size_bytes;
  observer.item_started(kItem, expected);
  with_context("load large objects", [&] {
    LargeObjectLoader loader(session, catalogue, outcome, observer);
    if (pieces != nullptr) {
      LineReader lines(*pieces);
      while (const auto line = lines.next()) loader.add(parse_line(*line));
    }
    loader.finish();
  });
  observer.item_finished(kItem);
}

void unlink_large_objects(pq::Connection& connection, const Catalogue& catalogue) {
  constexpr std::size_t kAtOnce = 1000;  // each takes a lock
  for (std::size_t at = 0; at < catalogue.large_objects.size(); at += kAtOnce) {
    std::string oids;
    const std::size_t end = std::min(at + kAtOnce, catalogue.large_objects.size());
    for (std::size_t i = at; i < end; ++i) {
      oids += (oids.empty() ? "" : ",") + std::to_string(catalogue.large_objects[i].oid);
    }
    connection.execute(
        "SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata WHERE oid IN (" +
        oids + ")");
  }
}

}  // namespace lifeboat::postgres
