#ifndef LIFEBOAT_OS_ACCOUNT_H_
#define LIFEBOAT_OS_ACCOUNT_H_

#include <sys/types.h>

#include <optional>

namespace lifeboat::os {

struct Account {
  uid_t user;
  gid_t group;
};

/// Whom a throwaway server runs as, because a server has no business being root: SUDO_UID, else
/// postgres, else nobody. Nothing if we are not root. Throws Error(denied) if there is no such
/// user.
[[nodiscard]] std::optional<Account> server_account();

}  // namespace lifeboat::os

#endif  // LIFEBOAT_OS_ACCOUNT_H_
