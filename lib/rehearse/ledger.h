#ifndef LIFEBOAT_REHEARSE_LEDGER_H_
#define LIFEBOAT_REHEARSE_LEDGER_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "drill/result.h"
#include "os/throwaway_owner.h"

namespace lifeboat::rehearse {

/// What a drill is about to make, written down before it is made.
struct Intent {
  std::string run;
  std::string drill;
  std::string title;
  drill::Trigger trigger = drill::Trigger::hand;
  std::optional<Instant> due;
  Instant declared;
  std::string scenario_sha256;
  std::filesystem::path scratch_home;  ///< folder that holds its throwaway servers, and no other's
  std::string scratch_reference;       ///< of a given database; empty = none
  os::ProcessId owner;
};

/// The intents of this machine: one file each, durable when open() returns. What lies there and
/// whose process is gone was left behind. Files of other processes are left alone.
class Ledger {
 public:
  /// Makes the folder if it is not there. Throws denied, unavailable.
  explicit Ledger(std::filesystem::path folder);

  /// Throws refused if that run is in it already.
  void open(const Intent& intent) const;
  void close(const std::string& run) const;
  /// Whose process is gone. A file that cannot be read is passed over, and stays.
  [[nodiscard]] std::vector<Intent> left() const;

 private:
  [[nodiscard]] std::filesystem::path file_of(const std::string& run) const;
  std::filesystem::path folder_;
};

[[nodiscard]] std::string to_json(const Intent& intent);
/// Nothing if it is no intent.
[[nodiscard]] std::optional<Intent> intent_from_json(std::string_view text);

}  // namespace lifeboat::rehearse

#endif  // LIFEBOAT_REHEARSE_LEDGER_H_
