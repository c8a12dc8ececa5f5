#include "cli/freshness.h"

#include <algorithm>

#include "base/error.h"
#include "cli/head_memory.h"
#include "cli/option_groups.h"

namespace lifeboat::cli {
namespace {

HeadMemory memory_of(Session& session, const vault::Vault& vault) {
  return {session.settings().state_dir.value, vault.id()};
}

std::vector<vault::SeenHead> remembered(Session& session, const HeadMemory& memory) {
  try {
    return memory.load();
  } catch (const Error& error) {
    session.warn(error.message() + "; what it knew of this vault is lost");
    return {};
  }
}

void require_remembered(const vault::Vault& vault, const HeadMemory& memory,
                        const std::vector<vault::SeenHead>& now,
                        const std::vector<vault::SeenHead>& before) {
  for (const vault::SeenHead& seen : before) {
    const bool unchanged = std::ranges::any_of(now, [&](const vault::SeenHead& head) {
      return head.type == seen.type && head.author == seen.author && head.id == seen.id;
    });
    if (unchanged) continue;
    const auto what = vault::contradiction(vault, seen);
    if (!what) continue;
    throw Error(ErrorKind::stale,
                "chain " + vault::chain_of(seen) + " of the vault at " + vault.store().describe() +
                    ": " + *what,
                "it was rolled back, or part of it is hidden: compare it with its copies; if an "
                "older state was put back on purpose, remove " +
                    memory.file().string());
  }
}

void remember(Session& session, const HeadMemory& memory,
              const std::vector<vault::SeenHead>& heads) {
  try {
    memory.keep(heads);
  } catch (const Error& error) {
    session.log(LogLevel::debug, "the vault's heads are not remembered: " + error.message());
  }
}

}  // namespace

Freshness require_fresh(Session& session, const vault::Vault& vault) {
  const auto& settings = session.settings();
  for (const std::string& word : settings.expected_heads) {
    vault::require_shown(vault, vault::NotedHead::from_word(word));
  }
  if (settings.max_age) {
    vault::require_snapshot_since(vault, session.clock().now() - *settings.max_age);
  }
  Freshness freshness{.witnessed = !settings.expected_heads.empty()};
  const HeadMemory memory = memory_of(session, vault);
  if (memory.file().empty()) return freshness;
  const auto before = remembered(session, memory);
  const auto now = vault::read_heads(vault);
  require_remembered(vault, memory, now, before);
  remember(session, memory, now);
  freshness.witnessed |= !before.empty();
  return freshness;
}

void note_heads(Session& session, const vault::Vault& vault,
                const std::vector<vault::SeenHead>& heads) {
  session.log(LogLevel::info, "head " + vault::to_word(heads.front()));
  const HeadMemory memory = memory_of(session, vault);
  if (!memory.file().empty()) remember(session, memory, heads);
}

std::string_view name_of(const Freshness& freshness) noexcept {
  return freshness.witnessed ? "witnessed" : "not_provable";
}

std::string freshness_text(const Freshness& freshness, const std::vector<vault::SeenHead>& heads) {
  if (freshness.witnessed || heads.empty()) return "";
  std::string text =
      "freshness not provable: no head of this vault was seen from here before; newest seen\n";
  for (const vault::SeenHead& head : heads) text += "  " + vault::to_word(head) + "\n";
  return text;
}

}  // namespace lifeboat::cli
