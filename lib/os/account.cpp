#include "os/account.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "base/error.h"

namespace lifeboat::os {
namespace {

std::optional<uid_t> sudo_user() {
  const char* text = std::getenv("SUDO_UID");  // NOLINT(concurrency-mt-unsafe)
  if (text == nullptr) return std::nullopt;
  uid_t user = 0;
  const std::string_view digits(text);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), user);
  if (error != std::errc() || *end != '\0' || user == 0) return std::nullopt;
  return user;
}

}  // namespace

std::optional<Account> server_account() {
  if (geteuid() != 0) return std::nullopt;
  std::array<char, 16 * 1024> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (const auto user = sudo_user()) {
    static_cast<void>(getpwuid_r(*user, &entry, buffer.data(), buffer.size(), &found));
    if (found != nullptr) return Account{found->pw_uid, found->pw_gid};
  }
  for (const char* name : {"postgres", "nobody"}) {
    static_cast<void>(getpwnam_r(name, &entry, buffer.data(), buffer.size(), &found));
    if (found != nullptr && found->pw_uid != 0) return Account{found->pw_uid, found->pw_gid};
  }
  throw Error(ErrorKind::denied,
              "a throwaway server does not run as root, and there is no other user to run it as",
              "run as an ordinary user, or create a user named postgres");
}

}  // namespace lifeboat::os
