// A client must check whom it speaks to; the other side is openssl s_server with a certificate of
// this test's own.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "base/error.h"
#include "harness/postgres_server.h"  // free_port()
#include "http/client.h"
#include "os/file.h"
#include "os/subprocess.h"

namespace lifeboat::http {
namespace {

using ::testing::HasSubstr;

os::Command openssl(std::vector<std::string> arguments) {
  return {.program = "/usr/bin/openssl", .arguments = std::move(arguments)};
}

/// Answers every GET with a page, as `name`, over TLS.
class TlsServer {
 public:
  explicit TlsServer(const std::string& name)
      : folder_("/tmp", "lifeboat-tls-"), port_(harness::free_port()) {
    const std::string key = (folder_.path() / "key.pem").string();
    const auto made = os::run(
        openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                 "-nodes", "-keyout", key, "-out", certificate(), "-days", "2", "-subj",
                 "/CN=lifeboat-test", "-addext", "subjectAltName=" + name}),
        {}, {});
    if (!made.status.ok()) throw Error(ErrorKind::internal, made.err);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw os::errno_error(errno, "make a pipe");
    os::UniqueFd out(ends[0]);
    process_.emplace(openssl({"s_server", "-accept", "127.0.0.1:" + std::to_string(port_), "-cert",
                              certificate(), "-key", key, "-www"}),
                     os::Subprocess::Streams{{}, os::UniqueFd(ends[1]), {}});
    // "ACCEPT" is its first word once it listens.
    std::array<char, 256> buffer{};
    std::string said;
    while (said.find("ACCEPT") == std::string::npos) {
      const ssize_t got = ::read(out.get(), buffer.data(), buffer.size());
      if (got <= 0) throw Error(ErrorKind::internal, "openssl s_server does not start: " + said);
      said.append(buffer.data(), static_cast<std::size_t>(got));
    }
    out_ = std::move(out);
  }

  [[nodiscard]] std::string certificate() const { return (folder_.path() / "cert.pem").string(); }
  [[nodiscard]] std::string url() const {
    return "https://127.0.0.1:" + std::to_string(port_) + "/";
  }

 private:
  os::TempDir folder_;
  int port_;
  os::UniqueFd out_;
  std::optional<os::Subprocess> process_;
};

Response get(const TlsServer& server, const std::string& ca_file) {
  ClientSettings settings;
  settings.ca_file = ca_file;
  Client client(settings);
  Request request;
  request.url = server.url();
  return client.send(request, {});
}

ErrorKind kind_of_get(const TlsServer& server, const std::string& ca_file) {
  try {
    static_cast<void>(get(server, ca_file));
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("certificate"));
    EXPECT_THAT(error.hint(), HasSubstr("AWS_CA_BUNDLE"));
    return error.kind();
  }
  return ErrorKind::internal;
}

TEST(Tls, TakesAServerWhoseAuthorityWasNamed) {
  const TlsServer server("IP:127.0.0.1");
  EXPECT_EQ(get(server, server.certificate()).status, 200);
}

TEST(Tls, RefusesAServerThatNobodyVouchesFor) {
  const TlsServer server("IP:127.0.0.1");
  EXPECT_EQ(kind_of_get(server, ""), ErrorKind::denied);
  EXPECT_EQ(kind_of_get(server, "/nowhere.pem"), ErrorKind::denied);
}

TEST(Tls, RefusesTheCertificateOfAnotherHost) {
  const TlsServer server("DNS:other.example");
  EXPECT_EQ(kind_of_get(server, server.certificate()), ErrorKind::denied);
}

}  // namespace
}  // namespace lifeboat::http
