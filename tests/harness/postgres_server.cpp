#include "harness/postgres_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/error.h"
#include "os/unique_fd.h"
#include "pq/connection.h"

namespace lifeboat::harness {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

std::string read_text(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

int major_of(const fs::path& directory) { return std::atoi(directory.filename().c_str()); }

}  // namespace

fs::path postgres_binaries() {
  if (const char* chosen = std::getenv("LIFEBOAT_TEST_PG_BIN")) return chosen;
  std::vector<fs::path> versions;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", missing)) {
    if (fs::exists(entry.path() / "bin" / "initdb")) versions.push_back(entry.path());
  }
  if (versions.empty()) {
    throw Error(ErrorKind::not_found, "no Postgres server binaries: install postgresql-15");
  }
  return *std::max_element(
             versions.begin(), versions.end(),
             [](const fs::path& a, const fs::path& b) { return major_of(a) < major_of(b); }) /
         "bin";
}

std::optional<std::pair<uid_t, gid_t>> unprivileged_user() {
  if (geteuid() != 0) return std::nullopt;
  for (const char* name : {"postgres", "nobody"}) {
    if (const passwd* user = getpwnam(name)) return std::pair(user->pw_uid, user->pw_gid);
  }
  throw Error(ErrorKind::not_found, "no unprivileged user to run a server as");
}

int free_port() {
  const os::UniqueFd probe(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(probe.get(), generic, size) != 0 || getsockname(probe.get(), generic, &size) != 0) {
    throw Error(ErrorKind::internal, "no free port on 127.0.0.1");
  }
  return ntohs(address.sin_port);
}

PostgresServer::PostgresServer(PostgresOptions options)
    : options_(std::move(options)), binaries_(postgres_binaries()), home_("/tmp", "lbpg-") {
  if (options_.loopback) port_ = free_port();
  initialise();
  start();
}

PostgresServer::~PostgresServer() {
  try {
    if (process_) end(SIGQUIT);
  } catch (const Error&) {
    // The files go anyway, and the server with them.
  }
}

os::Command PostgresServer::command(const std::string& program,
                                    std::vector<std::string> arguments) const {
  os::Command command;
  command.program = binaries_ / program;
  command.arguments = std::move(arguments);
  command.environment = {{"LC_ALL", "C.UTF-8"}, {"TZ", "UTC"}};
  command.working_directory = home_.path();
  if (const auto user = unprivileged_user()) {
    command.user = user->first;
    command.group = user->second;
  }
  return command;
}

void PostgresServer::initialise() {
  if (const auto user = unprivileged_user()) {
    if (chown(home_.path().c_str(), user->first, user->second) != 0) {
      throw Error(ErrorKind::internal, "cannot hand the directory to the server's user");
    }
  }
  const std::string data = home_.path() / "data";
  std::vector<std::string> arguments = {"-D", data, "-U",   "postgres", "--auth=trust",
                                        "-N", "-E", "UTF8", "--locale", "C.UTF-8"};
  arguments.insert(arguments.end(), options_.initdb_arguments.begin(),
                   options_.initdb_arguments.end());
  const os::Outcome made = os::run(command("initdb", arguments), {}, {});
  if (!made.status.ok()) throw Error(ErrorKind::internal, "initdb failed: " + made.err);

  std::ofstream configuration(data + "/postgresql.conf", std::ios::app);
  configuration << "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
                << "shared_buffers = 64MB\nmax_wal_size = 1GB\nautovacuum_naptime = 1h\n"
                << "unix_socket_directories = '" << home_.path().string() << "'\n"
                << "port = " << port_ << "\nlisten_addresses = '"
                << (options_.loopback ? "127.0.0.1" : "") << "'\n";
  for (const auto& [name, value] : options_.settings) {
    configuration << name << " = '" << value << "'\n";
  }
  std::ofstream access(data + "/pg_hba.conf", std::ios::trunc);
  access << "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
}

void PostgresServer::start() {
  const fs::path log = home_.path() / "server.log";
  os::Subprocess::Streams streams;
  streams.out = os::UniqueFd(open(log.c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600));
  streams.err = os::UniqueFd(fcntl(streams.out.get(), F_DUPFD_CLOEXEC, 0));
  process_.emplace(command("postgres", {"-D", home_.path() / "data"}), std::move(streams));
  for (int tries = 0; tries < 600; ++tries) {
    try {
      const pq::Connection ready(url(), {});
      return;
    } catch (const Error&) {
      if (process_->wait_for(milliseconds(50))) break;
    }
  }
  process_.reset();
  throw Error(ErrorKind::unavailable, "the test's Postgres did not start: " + read_text(log));
}

void PostgresServer::end(int signal_number) {
  process_->signal(signal_number);
  process_->wait();
  process_.reset();
}

void PostgresServer::stop() { end(SIGINT); }
void PostgresServer::crash() { end(SIGQUIT); }

Secret PostgresServer::url(const std::string& database, const std::string& user) const {
  return Secret("postgresql://" + user + "@/" + database + "?host=" + home_.path().string() +
                "&port=" + std::to_string(port_));
}

Secret PostgresServer::tcp_url(const std::string& database, const std::string& user,
                               const std::string& password) const {
  return Secret("postgresql://" + user + ":" + password + "@127.0.0.1:" + std::to_string(port_) +
                "/" + database);
}

Secret PostgresServer::create_database(const std::string& name) {
  drop_database(name);
  execute("postgres", "CREATE DATABASE \"" + name + "\"");
  return url(name);
}

void PostgresServer::drop_database(const std::string& name) {
  execute("postgres", "DROP DATABASE IF EXISTS \"" + name + "\" WITH (FORCE)");
}

void PostgresServer::execute(const std::string& database, const std::string& sql) const {
  pq::Connection(url(database), {}).execute(sql);
}

std::string PostgresServer::value(const std::string& database, const std::string& sql) const {
  const pq::Rows rows = pq::Connection(url(database), {}).query(sql);
  return rows.size() == 0 ? "" : rows.text(0, 0);
}

PostgresServer& shared_server() {
  static PostgresServer server;
  return server;
}

}  // namespace lifeboat::harness
