#include "cli/key_memory.h"

#include <unistd.h>

#include <system_error>

#include "base/error.h"
#include "base/tls_trust.h"
#include "base/units.h"
#include "cli/json.h"
#include "os/file.h"
#include "seal/sha256.h"

namespace lifeboat::cli {
namespace {

constexpr std::uint64_t kMostBytes = 64 * kKiB;

/// Of any host's name a file's name.
std::string file_name(const std::string& server) {
  return "server-" + to_hex(seal::sha256(as_bytes(server))).substr(0, 16) + ".json";
}

}  // namespace

KeyMemory::KeyMemory(const std::filesystem::path& directory, std::string server)
    : file_(directory.empty() ? std::filesystem::path() : directory / file_name(server)),
      server_(std::move(server)) {}

std::optional<std::string> KeyMemory::load() const {
  if (file_.empty()) return std::nullopt;
  try {
    const Bytes bytes = os::read_file(file_, kMostBytes);
    const Json document = Json::parse(as_text(bytes));
    auto key = document.at("key").get<std::string>();
    if (document.at("server").get<std::string>() != server_ || !is_key_pin(key)) {
      throw Error(ErrorKind::corrupt, "it is of another server, or holds no key");
    }
    return key;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::not_found) return std::nullopt;
    if (error.kind() == ErrorKind::denied) throw;
    throw Error(ErrorKind::corrupt, file_.string() + " cannot be read: " + error.message());
  } catch (const std::exception& error) {  // of the JSON library
    throw Error(ErrorKind::corrupt, file_.string() + " cannot be read: " + error.what());
  }
}

void KeyMemory::keep(const std::string& pin, Instant now) const {
  if (file_.empty()) {
    throw Error(ErrorKind::usage, "there is no place to remember the key of " + server_,
                "write tls_pins = [\"" + pin + "\"], or set LIFEBOAT_STATE to a directory");
  }
  const Json document = {
      {"format", 1}, {"server", server_}, {"key", pin}, {"since", to_rfc3339(now)}};
  std::error_code failure;
  std::filesystem::create_directories(file_.parent_path(), failure);
  const std::filesystem::path fresh = file_.string() + "." + std::to_string(getpid());
  std::filesystem::remove(fresh, failure);  // of a process of that number that was killed
  static_cast<void>(os::create_file(fresh, as_bytes(document.dump(2) + "\n"), 0600));
  std::filesystem::rename(fresh, file_, failure);
  if (failure) throw os::errno_error(failure.value(), "write " + file_.string());
}

}  // namespace lifeboat::cli
