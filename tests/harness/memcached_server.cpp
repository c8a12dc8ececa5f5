#include "harness/memcached_server.h"

#include <unistd.h>

#include <csignal>
#include <fstream>

#include "base/error.h"
#include "harness/postgres_server.h"

namespace lifeboat::harness {
namespace {

constexpr const char* kProgram = "/usr/bin/memcached";
constexpr uid_t kNobody = 65534;

void give_to_nobody(const std::filesystem::path& path) {
  if (geteuid() != 0) return;
  if (chown(path.c_str(), kNobody, kNobody) != 0) {
    throw Error(ErrorKind::internal, "the test's directory cannot be given to nobody");
  }
}

}  // namespace

MemcachedServer::MemcachedServer(MemcachedOptions options) : home_("/tmp", "lbmemcached-") {
  if (!std::filesystem::exists(kProgram)) {
    throw Error(ErrorKind::not_found, "no memcached: install the package memcached");
  }
  const std::string home = home_.path();
  give_to_nobody(home_.path());
  os::Command command;
  command.program = kProgram;
  command.arguments = {"-m", "64", "-t", "2"};
  if (options.loopback) {
    port_ = free_port();
    command.arguments.insert(command.arguments.end(),
                             {"-l", "127.0.0.1", "-U", "0", "-p", std::to_string(port_)});
  } else {
    command.arguments.insert(command.arguments.end(), {"-s", home + "/socket"});
  }
  if (!options.accounts.empty()) {
    std::ofstream(home + "/accounts") << options.accounts << '\n';
    give_to_nobody(home_.path() / "accounts");
    command.arguments.insert(command.arguments.end(), {"-Y", home + "/accounts"});
  }
  command.arguments.insert(command.arguments.end(), options.arguments.begin(),
                           options.arguments.end());
  if (geteuid() == 0) {
    command.user = kNobody;
    command.group = kNobody;
  }
  process_.emplace(command, os::Subprocess::Streams{});
  for (int tries = 0; tries < 600; ++tries) {
    try {
      static_cast<void>(memcached::Connection(address(), {}));
      return;
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::denied) return;  // it is there, and wants a login
      if (process_->wait_for(std::chrono::milliseconds(20))) break;
    }
  }
  throw Error(ErrorKind::unavailable, "the test's memcached did not start");
}

memcached::Address MemcachedServer::address() const {
  return memcached::parse_servers(url()).front();
}

Secret MemcachedServer::url() const {
  if (port_ != 0) return Secret("memcached://127.0.0.1:" + std::to_string(port_));
  return Secret("unix://" + home_.path().string() + "/socket");
}

std::string MemcachedServer::run(const std::string& commands) const {
  memcached::Connection connection(address(), {});
  connection.send(commands);
  return connection.line();
}

void MemcachedServer::set(const std::string& key, const std::string& value, int expiry) const {
  const std::string said = run("set " + key + " 0 " + std::to_string(expiry) + " " +
                               std::to_string(value.size()) + "\r\n" + value + "\r\n");
  if (said != "STORED") throw Error(ErrorKind::internal, "the test's memcached says " + said);
}

void MemcachedServer::kill() {
  if (!process_) return;
  process_->signal(SIGKILL);  // it takes a second to end politely
  process_->wait();
  process_.reset();
}

}  // namespace lifeboat::harness
