#ifndef LIFEBOAT_CLI_SNAPSHOT_ARGUMENT_H_
#define LIFEBOAT_CLI_SNAPSHOT_ARGUMENT_H_

#include <optional>
#include <string>

#include "cli/session.h"
#include "vault/pins_and_forgets.h"
#include "vault/snapshot_word.h"

/// The argument SNAPSHOT of several commands.
namespace lifeboat::cli {

void declare_snapshot_argument(OptionSet& set, std::string& target);

/// What was given, read against the session's clock before any vault is opened. Throws usage.
[[nodiscard]] vault::SnapshotWord snapshot_word(Session& session, const std::string& text);

/// The snapshot that a word names. Warns if it was forgotten: a sweep may take it. Costs and throws
/// as vault::resolve_snapshot().
[[nodiscard]] vault::SnapshotRecord find_snapshot(Session& session, const vault::Vault& vault,
                                                  const vault::SnapshotWord& word);
/// That warning alone, if it is due.
void warn_if_forgotten(Session& session, const vault::Vault& vault,
                       const vault::PinsAndForgets& pins, const vault::SnapshotId& id);

/// Which of the snapshot's sources is meant: --source, or the one in latest:SOURCE. Throws usage if
/// they are two.
[[nodiscard]] std::optional<std::string> source_in(const vault::SnapshotWord& word,
                                                   const config::Settings& settings);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_SNAPSHOT_ARGUMENT_H_
