#ifndef LIFEBOAT_REDIS_LOAD_TARGET_H_
#define LIFEBOAT_REDIS_LOAD_TARGET_H_

#include <cstdint>
#include <map>
#include <stop_token>
#include <string>

#include "redis/load.h"

namespace lifeboat::redis {

/// A target before it is touched.
struct TargetState {
  ServerFacts facts;
  std::string name;  ///< target_name()
  /// Numbers and keys: of all its databases, or of the one that is restored into.
  std::map<std::uint32_t, std::uint64_t> databases;
  std::string unfinished;  ///< what the mark of a restore that broke off says; empty = no mark
  /// Why it does not take the snapshot's payloads, in its own words; empty = it does.
  std::string refuses_payloads;

  [[nodiscard]] std::uint64_t keys() const;
};

/// How a target is called when it is typed once more: HOST:PORT or the socket's path; behind it /N
/// if only that database is restored into. Throws what resp::parse_address() throws.
[[nodiscard]] std::string target_name(const LoadRequest& request);

/// The database in which the mark of an unfinished restore is set.
[[nodiscard]] std::uint32_t mark_database(const LoadRequest& request);

/// Looks. Stores nothing: whether payloads are taken is asked by one that has expired. Throws
/// Error(refused) if it is the source, a replica, may evict, is too full, has too few databases, or
/// holds keys (unless `replace`, or `replace_target` names it); usage if the request contradicts
/// itself; and what probe() throws.
[[nodiscard]] TargetState check_target(const LoadRequest& request, std::uint64_t total_bytes,
                                       std::stop_token stop);

/// Empties what `replace_target` means, but for the mark, which must be set. By FLUSHDB, where that
/// is forbidden by SCAN and UNLINK. Throws Error: busy if somebody writes meanwhile; denied.
void empty_target(resp::Connection& connection, const LoadRequest& request,
                  const TargetState& target);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_LOAD_TARGET_H_
