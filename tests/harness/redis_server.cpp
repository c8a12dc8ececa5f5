#include "harness/redis_server.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "base/error.h"
#include "harness/postgres_server.h"

namespace lifeboat::harness {
namespace {

constexpr const char* kProgram = "/usr/bin/redis-server";

/// Says once what the tests of this process run against.
void tell_which(const std::filesystem::path& program) {
  static const bool told = [&] {
    os::Command command;
    command.program = program;
    command.arguments = {"--version"};
    const os::Outcome outcome = os::run(command, {}, {});
    const std::string_view words = as_text(outcome.out);
    std::cout << "[  redis   ] " << program.string() << ": " << words.substr(0, words.find(" sha="))
              << std::endl;
    return true;
  }();
  static_cast<void>(told);
}

/// To whom the server runs as, with all that it holds.
void hand_over(const std::filesystem::path& home, const std::pair<uid_t, gid_t>& user) {
  const auto give = [&](const std::filesystem::path& path) {
    if (chown(path.c_str(), user.first, user.second) != 0) {
      throw Error(ErrorKind::internal, "cannot hand the directory to the server's user");
    }
  };
  give(home);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(home)) give(entry.path());
}

/// As Redis 7 and Valkey keep it: files in a folder, and a list of them.
void write_command_log(const std::filesystem::path& home, const Bytes& commands) {
  const std::filesystem::path folder = home / "appendonlydir";
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "appendonly.aof.1.incr.aof") << as_text(commands);
  std::ofstream(folder / "appendonly.aof.manifest")
      << "file appendonly.aof.1.incr.aof seq 1 type i\n";
}

}  // namespace

std::filesystem::path redis_program() {
  const char* chosen = std::getenv("LIFEBOAT_TEST_REDIS");
  const std::filesystem::path program = chosen != nullptr && *chosen != '\0' ? chosen : kProgram;
  if (!std::filesystem::exists(program)) {
    throw Error(ErrorKind::not_found, "no server at " + program.string(),
                "install the package redis-server, or let LIFEBOAT_TEST_REDIS name a server");
  }
  tell_which(program);
  return program;
}

RedisServer::RedisServer(RedisOptions options) : home_("/tmp", "lbredis-") {
  // A member of a cluster also listens 10,000 ports above.
  while (options.loopback && (port_ == 0 || port_ > 55'535)) port_ = free_port();
  const std::string home = home_.path();
  {
    std::ofstream configuration(home + "/redis.conf");
    configuration << "port " << port_ << "\nbind 127.0.0.1\nunixsocket " << home << "/socket\n"
                  << "unixsocketperm 700\ndir " << home << '\n';
    if (!options.sentinel) {
      configuration << "save \"\"\nappendonly " << (options.command_log ? "yes" : "no")
                    << "\nenable-debug-command yes\nrepl-diskless-sync-delay 0\n";
    }
    for (const auto& [name, value] : options.settings) {
      configuration << name << ' ' << value << '\n';
    }
  }
  if (options.command_log) write_command_log(home_.path(), *options.command_log);
  os::Command command;
  command.program = redis_program();
  command.arguments = {home + "/redis.conf"};
  if (options.sentinel) command.arguments.push_back("--sentinel");
  command.working_directory = home_.path();
  if (const auto user = unprivileged_user()) {
    hand_over(home_.path(), *user);
    command.user = user->first;
    command.group = user->second;
  }
  os::Subprocess::Streams streams;
  streams.out =
      os::UniqueFd(open((home + "/log").c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600));
  streams.err = os::UniqueFd(fcntl(streams.out.get(), F_DUPFD_CLOEXEC, 0));
  process_.emplace(command, std::move(streams));
  wait_until_ready();
}

void RedisServer::wait_until_ready() {
  for (int tries = 0; tries < 1500; ++tries) {
    try {
      resp::Connection ready(Secret("unix://" + home_.path().string() + "/socket"), {});
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
