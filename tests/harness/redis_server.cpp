#include "harness/redis_server.h"

#include <fcntl.h>

#include <csignal>
#include <fstream>

#include "base/error.h"
#include "harness/postgres_server.h"

namespace lifeboat::harness {
namespace {

constexpr const char* kProgram = "/usr/bin/redis-server";

}  // namespace

RedisServer::RedisServer(RedisOptions options) : home_("/tmp", "lbredis-") {
  if (!std::filesystem::exists(kProgram)) {
    throw Error(ErrorKind::not_found, "no redis-server: install the package redis-server");
  }
  if (options.loopback) port_ = free_port();
  const std::string home = home_.path();
  {
    std::ofstream configuration(home + "/redis.conf");
    configuration << "port " << port_ << "\nbind 127.0.0.1\nunixsocket " << home << "/socket\n"
                  << "unixsocketperm 700\ndir " << home << "\nsave \"\"\nappendonly no\n"
                  << "enable-debug-command yes\nrepl-diskless-sync-delay 0\n";
    for (const auto& [name, value] : options.settings) {
      configuration << name << ' ' << value << '\n';
    }
  }
  os::Command command;
  command.program = kProgram;
  command.arguments = {home + "/redis.conf"};
  command.working_directory = home_.path();
  os::Subprocess::Streams streams;
  streams.out =
      os::UniqueFd(open((home + "/log").c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600));
  streams.err = os::UniqueFd(fcntl(streams.out.get(), F_DUPFD_CLOEXEC, 0));
  process_.emplace(command, std::move(streams));
  for (int tries = 0; tries < 600; ++tries) {
    try {
      resp::Connection ready(Secret("unix://" + home + "/socket"), {});
      static_cast<void>(ready.ask({"PING"}));  // an error of an ACL will do
      return;
    } catch (const Error&) {
      if (process_->wait_for(std::chrono::milliseconds(20))) break;
    }
  }
  const Bytes log = os::read_file(home_.path() / "log", 1U << 20U);
  throw Error(ErrorKind::unavailable,
              "the test's redis-server did not start: " + std::string(as_text(log)));
}

Secret RedisServer::url(unsigned database) const {
  return Secret("unix://" + home_.path().string() + "/socket?db=" + std::to_string(database));
}

Secret RedisServer::url_as(const std::string& user, const std::string& password) const {
  return Secret("unix://" + user + ":" + password + "@" + home_.path().string() + "/socket");
}

std::string RedisServer::socket_path() const { return home_.path().string() + "/socket"; }

Secret RedisServer::tcp_url() const { return Secret("redis://127.0.0.1:" + std::to_string(port_)); }

resp::Connection RedisServer::connect(unsigned database) const {
  return resp::Connection(url(database), {});
}

void RedisServer::kill() {
  process_->signal(SIGKILL);
  process_->wait();
}

}  // namespace lifeboat::harness
