#include "harness/s3_server.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "os/file.h"

namespace lifeboat::harness {
namespace {

std::string first_line(int fd) {
  std::string line;
  std::array<char, 512> buffer{};
  while (line.find('\n') == std::string::npos) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got <= 0) throw Error(ErrorKind::unavailable, "s3_server.py ended before it was ready");
    line.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return line;
}

}  // namespace

S3Server::S3Server() {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
    throw os::errno_error(errno, "make a pipe");
  }
  end_ = os::UniqueFd(in[1]);
  const os::UniqueFd said(out[0]);
  process_.emplace(os::Command{.program = LIFEBOAT_TEST_PYTHON,
                               .arguments = {LIFEBOAT_TEST_HARNESS "/s3_server.py"}},
                   os::Subprocess::Streams{os::UniqueFd(in[0]), os::UniqueFd(out[1]), {}});
  port_ = nlohmann::json::parse(first_line(said.get()))["port"].get<int>();
}

S3Server::~S3Server() {
  end_.reset();
  static_cast<void>(process_->wait_for(std::chrono::seconds(30)));
}

config::S3Credentials S3Server::owner() {
  return {"OWNERTESTKEY", Secret("owner+test/secret-canary-5b1f"), Secret()};
}

config::S3Credentials S3Server::guest() {
  return {"GUESTTESTKEY", Secret("guest+test/secret-canary-77ac"), Secret()};
}

store::S3Settings S3Server::settings(int port) const {
  static std::atomic<int> number{0};
  store::S3Settings settings;
  settings.location.bucket = "vaults";
  settings.location.prefix = "t" + std::to_string(++number) + "/";
  settings.location.region = "us-east-1";
  settings.location.scheme = "http";
  settings.location.endpoint = "127.0.0.1:" + std::to_string(port);
  settings.credentials = owner();
  settings.http.plain_http = http::PlainHttp::allowed;
  settings.wait = [](std::chrono::milliseconds, const std::stop_token&) {};
  return settings;
}

S3Server& shared_s3_server() {
  static S3Server server;
  return server;
}

}  // namespace lifeboat::harness
