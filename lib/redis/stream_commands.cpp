#include "redis/stream_commands.h"

#include <algorithm>

namespace lifeboat::redis {
namespace {

constexpr std::size_t kMostIds = 512;
constexpr std::string_view kPassingGroup = "lifeboat";

WriteCommand group_command(std::vector<std::string> words) {
  return {.words = std::move(words), .key_at = 2, .answers = {}};
}

}  // namespace

void PendingIds::group(const StreamGroup& group) {
  for (const StreamGroup::Pending& one : group.pending) ids_.push_back(one.id);
}

std::vector<StreamId> PendingIds::take() {
  std::ranges::sort(ids_);
  ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
  return std::move(ids_);
}

/// XCLAIM passes over an id that is no entry. So there has to be one for a while.
void StreamCommands::add_placeholders(const StreamId* before) {
  for (; next_pending_ < pending_.size(); ++next_pending_) {
    const StreamId id = pending_[next_pending_];
    if (before != nullptr && id >= *before) {
      if (id == *before) ++next_pending_;
      return;
    }
    placeholders_.push_back(id);
    take_({.words = {"XADD", "", id.text(), "lifeboat", ""}, .key_at = 1, .answers = {}});
    exists_ = true;
  }
}

void StreamCommands::entry(StreamId id, const Fields& fields) {
  add_placeholders(&id);
  WriteCommand command{.words = {"XADD", "", id.text()}, .key_at = 1, .answers = {}};
  command.words.insert(command.words.end(), fields.begin(), fields.end());
  take_(std::move(command));
  exists_ = true;
}

void StreamCommands::tail(const StreamTail& tail) {
  add_placeholders(nullptr);
  tail_ = tail;
}

void StreamCommands::group(const StreamGroup& group) {
  std::vector<std::string> words = {"XGROUP",   "CREATE",          "",
                                    group.name, group.last.text(), "MKSTREAM"};
  if (group.entries_read && abilities_.counters) {
    words.insert(words.end(), {"ENTRIESREAD", std::to_string(*group.entries_read)});
  }
  take_(group_command(std::move(words)));
  exists_ = true;
  std::size_t claimed = 0;
  for (const StreamGroup::Consumer& consumer : group.consumers) {
    if (abilities_.consumers) {
      take_(group_command({"XGROUP", "CREATECONSUMER", "", group.name, consumer.name}));
    } else if (consumer.pending.empty()) {
      ++lost_consumers_;
    }
    claim(group, consumer);
    claimed += consumer.pending.size();
  }
  if (claimed < group.pending.size()) lost_pending_ += group.pending.size() - claimed;
}

void StreamCommands::claim(const StreamGroup& group, const StreamGroup::Consumer& consumer) {
  const auto delivery_of = [&](StreamId id) -> const StreamGroup::Pending* {
    const auto found = std::ranges::lower_bound(group.pending, id, {}, &StreamGroup::Pending::id);
    return found != group.pending.end() && found->id == id ? &*found : nullptr;
  };
  for (std::size_t i = 0; i < consumer.pending.size();) {
    const StreamGroup::Pending* first = delivery_of(consumer.pending[i]);
    if (first == nullptr) {  // its consumer's alone: the server itself would not load that
      ++lost_pending_;
      ++i;
      continue;
    }
    WriteCommand command{
        .words = {"XCLAIM", "", group.name, consumer.name, "0"}, .key_at = 1, .answers = 0};
    for (; i < consumer.pending.size() && *command.answers < kMostIds; ++i) {
      const StreamGroup::Pending* next = delivery_of(consumer.pending[i]);
      if (next == nullptr || next->delivered_ms != first->delivered_ms ||
          next->deliveries != first->deliveries) {
        break;
      }
      command.words.push_back(next->id.text());
      ++*command.answers;
    }
    command.words.insert(command.words.end(),
                         {"TIME", std::to_string(first->delivered_ms), "RETRYCOUNT",
                          std::to_string(first->deliveries), "FORCE", "JUSTID"});
    take_(std::move(command));
  }
}

void StreamCommands::delete_placeholders() {
  for (std::size_t at = 0; at < placeholders_.size(); at += kMostIds) {
    WriteCommand command{.words = {"XDEL", ""}, .key_at = 1, .answers = {}};
    for (std::size_t i = at; i < std::min(at + kMostIds, placeholders_.size()); ++i) {
      command.words.push_back(placeholders_[i].text());
    }
    take_(std::move(command));
  }
}

std::vector<std::string> StreamCommands::finish() {
  delete_placeholders();
  if (!exists_) {  // empty, and without groups: a group that passes leaves the key
    const std::string passing(kPassingGroup);
    take_(group_command({"XGROUP", "CREATE", "", passing, "0", "MKSTREAM"}));
    take_(group_command({"XGROUP", "DESTROY", "", passing}));
  }
  WriteCommand ids{.words = {"XSETID", "", tail_.last.text()}, .key_at = 1, .answers = {}};
  if (tail_.counters && abilities_.counters) {
    ids.words.insert(ids.words.end(), {"ENTRIESADDED", std::to_string(tail_.counters->added),
                                       "MAXDELETEDID", tail_.counters->last_deleted.text()});
  }
  take_(std::move(ids));
  std::vector<std::string> inexact;
  if (lost_consumers_ > 0) {
    inexact.push_back(std::to_string(lost_consumers_) +
                      " consumers with nothing pending: the target makes them when they read");
  }
  if (lost_pending_ > 0) {
    inexact.push_back(std::to_string(lost_pending_) + " pending entries that are no consumer's");
  }
  return inexact;
}

}  // namespace lifeboat::redis
