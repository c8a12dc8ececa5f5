#ifndef LIFEBOAT_TESTS_HARNESS_CERTIFICATES_H_
#define LIFEBOAT_TESTS_HARNESS_CERTIFICATES_H_

#include <string>
#include <utility>
#include <vector>

#include "os/file.h"

namespace lifeboat::harness {

/// A certificate and its key, as files (PEM).
struct KeyPair {
  std::string certificate;
  std::string key;

  /// Lines of redis.conf: TLS with it at this port of 127.0.0.1.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> redis_settings(int port) const;
  /// The pin of its key, as openssl(1) makes it.
  [[nodiscard]] std::string pin() const;
};

/// An authority and certificates of the test's own, by openssl(1), in a folder that goes with it.
/// `name` is a subjectAltName: "IP:127.0.0.1", "DNS:other.example".
class Authority {
 public:
  Authority();

  /// Its own certificate (PEM): for whoever is to trust it.
  [[nodiscard]] std::string certificate() const;
  [[nodiscard]] KeyPair issue(const std::string& name);
  /// One whose time is over.
  [[nodiscard]] KeyPair issue_expired(const std::string& name);
  /// One that nobody vouches for.
  [[nodiscard]] KeyPair self_signed(const std::string& name);

 private:
  [[nodiscard]] KeyPair sign(const std::string& name, const std::string& days);
  [[nodiscard]] KeyPair next();
  [[nodiscard]] KeyPair readable(KeyPair pair) const;

  os::TempDir folder_;
  int issued_ = 0;
};

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_CERTIFICATES_H_
