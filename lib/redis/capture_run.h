#ifndef LIFEBOAT_REDIS_CAPTURE_RUN_H_
#define LIFEBOAT_REDIS_CAPTURE_RUN_H_

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redis/capture.h"
#include "redis/change_watch.h"
#include "redis/counters.h"
#include "redis/key_reader.h"

namespace lifeboat::redis {

/// One run of capture(): its parts and its state. Used by one thread, once.
class CaptureRun {
 public:
  CaptureRun(const CaptureRequest& request, ServerFacts server, RecordSink& sink,
             Observer& observer, std::stop_token stop);
  [[nodiscard]] Capture run();

 private:
  using Clock = std::chrono::steady_clock;
  using Databases = std::map<std::uint32_t, std::uint64_t>;
  enum class Outcome {
    settled,  ///< exact
    again,    ///< not yet
    restart,  ///< all that was read may be void
  };
  /// What the transaction of a last round said, beside the keys.
  struct Moment {
    resp::Value time;
    resp::Value functions;
    Counters counters;
    Databases databases;
  };

  void begin_watch();
  void scan_everything();
  /// How many keys to ask for at once.
  [[nodiscard]] std::size_t scan_batch();
  /// Whether what is being scanned will be thrown away.
  [[nodiscard]] bool begins_anew() const;
  void scan_database(std::uint32_t database, std::string_view type = {});
  /// Reads what changed again while the scan goes on, before too much is held.
  void relieve();
  void settle();
  void read_once_more();
  [[nodiscard]] Outcome try_to_settle();
  /// Everything that is not settled, in one MULTI, and the barrier behind it.
  [[nodiscard]] Outcome last_round(const std::set<DatabaseKey>& keys, bool streams_are_in);
  [[nodiscard]] std::optional<Moment> read_in_transaction(const std::set<DatabaseKey>& keys);
  [[nodiscard]] Outcome judge(const Moment& moment, bool streams_are_in);
  void start_anew();
  /// Reads keys of one database again, many at a time.
  void read_batches(std::uint32_t database, std::span<const std::string> keys);
  void read_again(const std::vector<std::string>& changed);
  /// Finds out how big these keys are, in all databases.
  void measure(const std::set<std::string>& names);
  void forget_known();
  void read_unread();
  /// Looks for streams that nobody told of, and reads all of them.
  void read_streams_again(const Counters& now);
  [[nodiscard]] std::set<DatabaseKey> last_keys(const std::set<std::string>& changed,
                                                bool with_streams) const;
  [[nodiscard]] bool is_small(const std::set<DatabaseKey>& keys) const;
  [[nodiscard]] Counters read_counters();
  [[nodiscard]] Counters counters_of(std::string_view commandstats) const;
  void become_fuzzy(const std::string& why);
  void finish();
  [[nodiscard]] bool fuzzy() const noexcept { return !result_.reason.empty(); }

  const CaptureRequest& request_;
  Observer& observer_;
  std::stop_token stop_;
  Capture result_;
  RecordWriter writer_;
  resp::Connection connection_;
  std::optional<ChangeWatch> watch_;
  std::optional<KeyReader> reader_;
  std::size_t batch_ = 100;
  std::set<std::uint32_t> databases_;  ///< scanned whole since the watch began
  Counters start_;                     ///< when the watch began
  Counters streams_read_at_;           ///< before all streams were last looked for and read
  std::map<std::string, std::uint64_t> known_;  ///< changed keys, and their bytes when measured
  std::size_t known_bytes_ = 0;
  std::optional<Moment> moment_;  ///< of the last round that settled
  Clock::time_point begun_ = Clock::now();
};

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_CAPTURE_RUN_H_
