#include "postgres/scratch_cluster.h"

#include <locale.h>
#include <unistd.h>

#include <algorithm>

#include "base/units.h"

namespace lifeboat::postgres {
namespace {

bool has_locale(const std::string& name) {
  if (name.empty()) return false;
  const locale_t locale = newlocale(LC_ALL_MASK, name.c_str(), nullptr);
  if (locale == nullptr) return false;
  freelocale(locale);
  return true;
}

std::uint64_t memory_bytes() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page_bytes = sysconf(_SC_PAGE_SIZE);
  if (pages <= 0 || page_bytes <= 0) return kGiB;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_bytes);
}

std::string megabytes(std::uint64_t bytes) { return std::to_string(bytes / kMiB) + "MB"; }

}  // namespace

std::string locale_or_c(const std::string& name, const std::string& encoding) {
  if (has_locale(name)) return name;
  return encoding == "UTF8" ? "C.UTF-8" : "C";
}

std::string scratch_configuration(const std::filesystem::path& sockets) {
  const std::uint64_t memory = memory_bytes();
  return "listen_addresses = ''\n"
         "port = 5432\n"
         "unix_socket_directories = '" +
         sockets.string() +
         "'\n"
         "unix_socket_permissions = 0700\n"
         "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
         "wal_level = minimal\nmax_wal_senders = 0\nwal_recycle = off\nwal_init_zero = off\n"
         "max_wal_size = 4GB\ncheckpoint_timeout = 1h\n"
         "autovacuum = off\n"
         "shared_buffers = " +
         megabytes(std::clamp(memory / 8, 64 * kMiB, kGiB)) +
         "\n"
         "maintenance_work_mem = " +
         megabytes(std::clamp(memory / 16, 64 * kMiB, kGiB)) +
         "\n"
         "huge_pages = off\ndynamic_shared_memory_type = mmap\n"
         "max_connections = 64\nmax_locks_per_transaction = 1024\n"
         "restart_after_crash = off\n"
         "log_min_messages = warning\nlog_checkpoints = off\n";
}

}  // namespace lifeboat::postgres
