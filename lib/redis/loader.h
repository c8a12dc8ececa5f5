#ifndef LIFEBOAT_REDIS_LOADER_H_
#define LIFEBOAT_REDIS_LOADER_H_

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redis/load.h"
#include "redis/record.h"
#include "redis/value_commands.h"
#include "resp/connection.h"

namespace lifeboat::redis {

/// Why RESTORE of a payload was refused, if not because of its key or of the moment.
enum class PayloadRefusal {
  none,
  this_value,  ///< it cannot be read: others may
  every_value  ///< its version is unknown, or RESTORE is not to be had
};
[[nodiscard]] PayloadRefusal refuses_payload(const resp::Value& reply);

/// Sends the commands of a load and accounts for each reply. Used by one thread, for one load.
class Loader {
 public:
  /// `why_by_commands`: why no RESTORE is to be sent, empty = it is. All must outlive this.
  Loader(const LoadRequest& request, resp::Connection& connection, const ServerFacts& target,
         const std::string& why_by_commands, LoadReport& report);

  void apply(const Record& record);
  void finish();

 private:
  enum class Step : std::uint8_t {
    plain,        ///< no error may come
    payload,      ///< RESTORE
    transaction,  ///< MULTI, and what is queued behind it
    exec,
    part,  ///< of a value that has another name as yet
  };
  static constexpr std::int32_t kAny = -1;
  /// A reply that is to come.
  struct Due {
    std::uint32_t database = 0;
    Step step = Step::plain;
    std::int32_t answers = kAny;  ///< of a part: how many elements the reply must have
    std::uint64_t bytes = 0;
    std::uint64_t expiry_ms = kNoExpiry;
    std::size_t key_bytes = 0;      ///< in `kept_`
    std::size_t payload_bytes = 0;  ///< behind them, of RESTORE
  };
  /// One that has come.
  struct Came {
    const Due& due;
    std::string_view key;
    std::string_view payload;
    const resp::Value& reply;
    [[nodiscard]] std::pair<std::uint32_t, std::string> where() const {
      return {due.database, std::string(key)};
    }
  };
  /// What has to be done about a key when no reply is due any more.
  struct Redo {
    std::string payload;  ///< empty = remove the key
    std::uint64_t expiry_ms = kNoExpiry;
  };

  void select(std::uint32_t database);
  using Words = std::vector<std::string_view>;
  void send(Due due, std::string_view key, const Words& command);
  void send(Step step, std::string_view key, const Words& command);
  void send_transaction(std::string_view key, const std::vector<Words>& commands,
                        std::vector<std::int32_t> answers);
  void restore(std::string_view key, std::uint64_t expiry, ByteView payload);
  void write_by_commands(std::string_view key, std::uint64_t expiry, ByteView payload);
  void write_at_once(std::string_view key, std::uint64_t expiry,
                     std::vector<WriteCommand>& commands);
  void begin_part(std::string_view key);
  void add_part(std::string_view key, WriteCommand& command);
  void end_part(std::string_view key, std::uint64_t expiry);
  void add_piece(const Record& record, std::uint64_t expiry);
  void note_foreign_mark(const Record& record);
  void settle(std::size_t commands, std::uint64_t bytes);
  void take_reply();
  void take(const Came& came);
  void take_exec(const Came& came);
  void take_payload_reply(const Came& came);
  void redo_what_was_refused();
  void refuse(std::uint32_t database, std::string_view key, const std::string& reason);
  [[nodiscard]] bool has_expired(std::uint64_t expiry) const noexcept { return expiry <= now_ms_; }

  const LoadRequest& request_;
  resp::Connection& connection_;
  LoadReport& report_;
  StreamAbilities abilities_;
  std::uint64_t now_ms_;
  std::uint32_t database_ = 0;
  bool selected_ = false;  ///< `database_` is
  bool by_commands_;
  std::deque<Due> due_;
  std::uint64_t due_bytes_ = 0;
  std::string kept_;         ///< keys and payloads of what is due, in order
  std::size_t kept_at_ = 0;  ///< what stands before it was let go
  /// Of each transaction that is due: how many elements its replies must have.
  std::deque<std::vector<std::int32_t>> answers_;
  std::map<std::pair<std::uint32_t, std::string>, Redo> redo_;
  std::string transaction_error_;
  std::string part_error_;
  bool part_is_open_ = false;
  bool part_has_elements_ = false;
};

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_LOADER_H_
