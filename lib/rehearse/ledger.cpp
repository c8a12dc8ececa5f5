#include "rehearse/ledger.h"

#include "base/error.h"
#include "os/file.h"

namespace lifeboat::rehearse {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEnding = ".intent";
constexpr std::uint64_t kMostBytes = 64 * 1024;
constexpr unsigned kMode = 0600;

}  // namespace

Ledger::Ledger(fs::path folder) : folder_(std::move(folder)) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) throw os::errno_error(error.value(), "make the folder " + folder_.string());
}

fs::path Ledger::file_of(const std::string& run) const { return folder_ / (run + kEnding); }

void Ledger::open(const Intent& intent) const {
  const std::string text = to_json(intent) + "\n";
  if (os::create_file(file_of(intent.run), as_bytes(text), kMode) == os::CreateResult::exists) {
    throw Error(ErrorKind::refused, "the drill " + intent.run + " is running on this machine",
                "wait for its end");
  }
}

void Ledger::close(const std::string& run) const {
  std::error_code ignored;  // gone is what was wanted
  if (fs::remove(file_of(run), ignored)) os::sync_directory(folder_);
}

std::vector<Intent> Ledger::left() const {
  std::vector<Intent> left;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    if (entry.path().extension() != kEnding) continue;
    const auto intent = intent_from_json(as_text(os::read_file(entry.path(), kMostBytes)));
    if (!intent || entry.path() != file_of(intent->run)) continue;
    if (os::process_of(intent->owner.pid) != intent->owner) left.push_back(*intent);
  }
  return left;
}

}  // namespace lifeboat::rehearse
