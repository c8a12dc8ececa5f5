#include "postgres/scratch_server.h"

#include <signal.h>
#include <unistd.h>

namespace lifeboat::postgres {
namespace {

constexpr std::chrono::seconds kPatience{10};

}  // namespace

ScratchServer::ScratchServer(os::Command command, os::UniqueFd log) {
  keeper_ = std::thread([this, started = std::move(command), file = std::move(log)]() mutable {
    keep(std::move(started), std::move(file));
  });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return begun_; });
  if (!failure_) return;
  lock.unlock();
  keeper_.join();
  std::rethrow_exception(failure_);
}

void ScratchServer::keep(os::Command command, os::UniqueFd log) {
  std::unique_lock lock(mutex_);
  try {
    os::UniqueFd out = os::UniqueFd(::dup(log.get()));
    process_.emplace(
        command, os::Subprocess::Streams{.in = {}, .out = std::move(out), .err = std::move(log)});
  } catch (...) {
    failure_ = std::current_exception();
  }
  begun_ = true;
  changed_.notify_all();
  changed_.wait(lock, [&] { return over_ || failure_ != nullptr; });
}

ScratchServer::~ScratchServer() {
  if (process_) {
    process_->signal(SIGQUIT);  // immediate: nobody will start it again
    static_cast<void>(process_->wait_for(kPatience));
    process_.reset();
  }
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  keeper_.join();
}

}  // namespace lifeboat::postgres
