#include "harness/certificates.h"

#include <fstream>

#include "base/error.h"
#include "os/subprocess.h"

namespace lifeboat::harness {
namespace {

void openssl(std::vector<std::string> arguments) {
  const auto done =
      os::run({.program = "/usr/bin/openssl", .arguments = std::move(arguments)}, {}, {});
  if (!done.status.ok()) throw Error(ErrorKind::internal, "openssl: " + done.err);
}

const std::vector<std::string> kNewKey = {"-newkey", "ec", "-pkeyopt",
                                          "ec_paramgen_curve:prime256v1", "-nodes"};

void openssl_with_key(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), kNewKey.begin(), kNewKey.end());
  openssl(std::move(arguments));
}

}  // namespace

std::vector<std::pair<std::string, std::string>> KeyPair::redis_settings(int port) const {
  return {{"tls-port", std::to_string(port)},
          {"tls-cert-file", certificate},
          {"tls-key-file", key},
          {"tls-auth-clients", "no"}};
}

std::string KeyPair::pin() const {
  const auto shell = [](const std::string& script) {
    return os::run({.program = "/bin/sh", .arguments = {"-c", script}}, {}, {});
  };
  const auto done = shell("set -e; openssl x509 -in " + certificate +
                          " -noout -pubkey | openssl pkey -pubin -outform der | "
                          "openssl dgst -sha256 -binary | openssl enc -base64");
  if (!done.status.ok()) throw Error(ErrorKind::internal, "openssl: " + done.err);
  const std::string_view said = as_text(done.out);
  return "sha256//" + std::string(said.substr(0, said.find('\n')));
}

Authority::Authority() : folder_("/tmp", "lifeboat-ca-") {
  const std::string home = folder_.path();
  openssl_with_key({"req", "-x509", "-keyout", home + "/ca-key.pem", "-out", certificate(), "-days",
                    "2", "-subj", "/CN=lifeboat-test-authority"});
}

std::string Authority::certificate() const { return folder_.path() / "ca.pem"; }

KeyPair Authority::next() {
  const std::string base = folder_.path() / std::to_string(++issued_);
  return {base + "-cert.pem", base + "-key.pem"};
}

KeyPair Authority::sign(const std::string& name, const std::string& days) {
  KeyPair pair = next();
  const std::string request = pair.key + ".csr";
  const std::string names = pair.key + ".ext";
  std::ofstream(names) << "subjectAltName=" << name << "\n";
  openssl_with_key({"req", "-new", "-keyout", pair.key, "-out", request, "-subj", "/CN=server"});
  openssl({"x509", "-req", "-in", request, "-CA", certificate(), "-CAkey",
           (folder_.path() / "ca-key.pem").string(), "-CAcreateserial", "-extfile", names, "-days",
           days, "-out", pair.certificate});
  return readable(std::move(pair));
}

/// The server that shows it runs as another user than the test.
KeyPair Authority::readable(KeyPair pair) const {
  using std::filesystem::perms;
  const auto allow = [](const std::filesystem::path& path, perms more) {
    std::filesystem::permissions(path, more, std::filesystem::perm_options::add);
  };
  allow(folder_.path(), perms::others_exec);
  allow(pair.certificate, perms::others_read);
  allow(pair.key, perms::others_read);
  return pair;
}

KeyPair Authority::issue(const std::string& name) { return sign(name, "2"); }
KeyPair Authority::issue_expired(const std::string& name) { return sign(name, "-1"); }

KeyPair Authority::self_signed(const std::string& name) {
  KeyPair pair = next();
  openssl_with_key({"req", "-x509", "-keyout", pair.key, "-out", pair.certificate, "-days", "2",
                    "-subj", "/CN=server", "-addext", "subjectAltName=" + name});
  return readable(std::move(pair));
}

}  // namespace lifeboat::harness
