#ifndef LIFEBOAT_TESTS_INTEGRATION_OBJECTS_JOURNEY_H_
#define LIFEBOAT_TESTS_INTEGRATION_OBJECTS_JOURNEY_H_

#include <array>
#include <map>
#include <string>
#include <vector>

#include "base/not_carried.h"
#include "harness/disk_vault.h"
#include "kind.h"
#include "verify/verify.h"

namespace lifeboat::objects {

/// A database with all kinds of objects, its snapshot by one role, and the database that was
/// restored from it. What the two hold is read by a superuser with pg_dump and SQL, not by the code
/// under test.
class Journey {
 public:
  /// Each role's journey is made by the first call and kept until the program ends.
  static Journey& of(Role role);

  explicit Journey(Role role);

  /// What became of a kind; `why` gets the differences and what the reports say of them.
  [[nodiscard]] Outcome outcome(const Kind& kind, std::string& why) const;
  /// Everything that the snapshot's and the restore's reports name.
  [[nodiscard]] const std::vector<NotCarried>& told() const { return told_; }
  /// Differences that belong to no kind, a line each.
  [[nodiscard]] std::string other_differences() const;
  /// lifeboat's own proof, in a throwaway cluster.
  [[nodiscard]] verify::Report prove();

 private:
  using Parts = std::map<std::string, std::string>;  // a kind's slug, or "" → text

  void make_source();
  void carry();
  [[nodiscard]] Parts definitions_in(const std::string& database) const;
  [[nodiscard]] static Parts rows_in(const std::string& database);
  [[nodiscard]] static Parts checks_in(const std::string& database);
  [[nodiscard]] std::string all_of(const Kind& kind, std::size_t side) const;

  Role role_;
  std::string source_;
  std::string target_;
  harness::DiskVault vault_;
  std::vector<NotCarried> told_;
  /// Of the source and of the target.
  std::array<Parts, 2> definitions_;
  std::array<Parts, 2> rows_;
  std::array<Parts, 2> checks_;
};

}  // namespace lifeboat::objects

#endif  // LIFEBOAT_TESTS_INTEGRATION_OBJECTS_JOURNEY_H_
