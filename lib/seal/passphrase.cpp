#include "seal/passphrase.h"

#include <sodium.h>
#include <sys/resource.h>

#include <string>

#include "base/error.h"

namespace lifeboat::seal {
namespace {

static_assert(crypto_pwhash_SALTBYTES == 16);

/// The kernel counts private mappings against RLIMIT_DATA as it counts the heap.
class RaisedDataLimit {
 public:
  RaisedDataLimit() {
    if (::getrlimit(RLIMIT_DATA, &before_) != 0 || before_.rlim_cur == before_.rlim_max) return;
    const rlimit all{before_.rlim_max, before_.rlim_max};
    raised_ = ::setrlimit(RLIMIT_DATA, &all) == 0;
  }
  ~RaisedDataLimit() {
    if (raised_) ::setrlimit(RLIMIT_DATA, &before_);
  }
  RaisedDataLimit(const RaisedDataLimit&) = delete;
  RaisedDataLimit& operator=(const RaisedDataLimit&) = delete;

 private:
  rlimit before_{};
  bool raised_ = false;
};

}  // namespace

bool is_allowed(const StretchCost& cost) noexcept {
  return cost.operations >= kLeastCost.operations && cost.memory_kib >= kLeastCost.memory_kib &&
         cost.operations <= kGreatestCost.operations && cost.memory_kib <= kGreatestCost.memory_kib;
}

SecretArray<64> stretch(const Secret& passphrase, const PassphraseSalt& salt,
                        const StretchCost& cost) {
  const std::string memory = std::to_string(cost.memory_kib) + " KiB of memory";
  if (!is_allowed(cost)) {
    throw Error(ErrorKind::refused,
                "a passphrase may cost 1 to 10 operations and 8 KiB to 1 GiB of memory, not " +
                    std::to_string(cost.operations) + " and " + memory);
  }
  const RaisedDataLimit limit;
  SecretArray<64> out;
  if (crypto_pwhash(out.writable().data(), out.writable().size(), passphrase.reveal().data(),
                    passphrase.reveal().size(), salt.data(), cost.operations,
                    std::size_t{cost.memory_kib} << 10U, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw Error(ErrorKind::unavailable, "a passphrase needs " + memory + " and cannot have it",
                "free memory, or raise the process's limit (ulimit -d, ulimit -v)");
  }
  return out;
}

}  // namespace lifeboat::seal
