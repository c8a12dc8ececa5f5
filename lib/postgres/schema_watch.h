#ifndef LIFEBOAT_POSTGRES_SCHEMA_WATCH_H_
#define LIFEBOAT_POSTGRES_SCHEMA_WATCH_H_

#include <future>
#include <optional>
#include <string>
#include <vector>

#include "base/not_carried.h"
#include "base/observer.h"
#include "postgres/schema_dump.h"
#include "postgres/snapshot_holder.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// pg_dump at work on a thread of its own, and a session that looks after it: that it does not wait
/// for a lock longer than it may, and that nobody changes the schema while it reads. Part of what
/// pg_dump reads (definitions of views, indexes, constraints) does not keep to its snapshot.
///
/// `items_before` is the schema as it was before the snapshot, so that no change goes unseen.
/// `control` is in a transaction of this object's own, with the locks of all tables, as long as it
/// lives; `control` and the snapshot's holder must outlive it. Destruction stops pg_dump, joins,
/// and ends that transaction.
class SchemaWatch {
 public:
  /// Throws Error(busy) if somebody waits for one of the tables already.
  SchemaWatch(SchemaDumpRequest request, const HeldSnapshot& snapshot,
              std::vector<SchemaItem> items_before, std::vector<std::string> excluded_items,
              pq::Connection& control, Observer& observer);
  SchemaWatch(const SchemaWatch&) = delete;
  SchemaWatch& operator=(const SchemaWatch&) = delete;
  ~SchemaWatch();

  /// Blocks until pg_dump holds the locks of all tables, or has ended. Throws Error(busy) if it
  /// could not get one.
  void await_locks();

  /// Blocks until there is a dump; runs pg_dump again, up to three times in all, if one of the
  /// snapshot's own `items` changed since before the snapshot. Where that does not help, the last
  /// dump counts, and those that changed since `items` were read are named.
  [[nodiscard]] SchemaDump result(const std::vector<SchemaItem>& items,
                                  std::vector<NotCarried>& not_carried);

 private:
  /// Looking at a definition takes a lock on its table. With an ALTER queued behind the snapshot's
  /// holder that would be a wait for ourselves, unless we have that lock since before.
  class HeldTables {
   public:
    HeldTables(pq::Connection& control, const HeldSnapshot& snapshot);
    HeldTables(const HeldTables&) = delete;
    HeldTables& operator=(const HeldTables&) = delete;
    ~HeldTables();

   private:
    pq::Connection& control_;
  };

  /// A dump during which the schema may have changed, and what did.
  struct Unsettled {
    SchemaDump dump;
    std::vector<SchemaItem> changes;
  };

  void start();
  void start_again();
  [[nodiscard]] SchemaDump finish_run();
  void end_if_waiting_too_long();
  [[nodiscard]] std::size_t locks_held();

  SchemaDumpRequest request_;
  const HeldSnapshot& snapshot_;
  std::vector<std::string> excluded_items_;
  pq::Connection& control_;
  Observer& observer_;
  HeldTables held_;
  std::vector<SchemaItem> items_before_;
  std::stop_source stop_;
  std::future<SchemaDump> run_;
  std::optional<std::chrono::steady_clock::time_point> waiting_since_;
};

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_SCHEMA_WATCH_H_
