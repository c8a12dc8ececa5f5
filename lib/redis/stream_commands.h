#ifndef LIFEBOAT_REDIS_STREAM_COMMANDS_H_
#define LIFEBOAT_REDIS_STREAM_COMMANDS_H_

#include <string>
#include <vector>

#include "redis/stream_value.h"
#include "redis/value_commands.h"

namespace lifeboat::redis {

/// Gathers which entries are pending, ordered, each once: the first pass over a stream.
class PendingIds final : public StreamVisitor {
 public:
  void entry(StreamId, const Fields&) override {}
  void tail(const StreamTail&) override {}
  void group(const StreamGroup& group) override;
  [[nodiscard]] std::vector<StreamId> take();

 private:
  std::vector<StreamId> ids_;
};

/// Gives the commands that write a stream: the second pass.
class StreamCommands final : public StreamVisitor {
 public:
  /// `pending` of the first pass. `take` must outlive this.
  StreamCommands(std::vector<StreamId> pending, const StreamAbilities& abilities,
                 const TakeCommand& take)
      : pending_(std::move(pending)), abilities_(abilities), take_(take) {}

  void entry(StreamId id, const Fields& fields) override;
  void tail(const StreamTail& tail) override;
  void group(const StreamGroup& group) override;
  /// Call once, last. What the target cannot hold.
  [[nodiscard]] std::vector<std::string> finish();

 private:
  void add_placeholders(const StreamId* before);
  void claim(const StreamGroup& group, const StreamGroup::Consumer& consumer);
  void delete_placeholders();

  std::vector<StreamId> pending_;
  std::size_t next_pending_ = 0;
  StreamAbilities abilities_;
  const TakeCommand& take_;
  std::vector<StreamId> placeholders_;  ///< pending, and no entry any more
  StreamTail tail_;
  bool exists_ = false;  ///< a command was given that makes the key
  std::size_t lost_consumers_ = 0;
  std::size_t lost_pending_ = 0;
};

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_STREAM_COMMANDS_H_
