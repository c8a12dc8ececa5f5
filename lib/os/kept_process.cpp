#include "os/kept_process.h"

#include <unistd.h>

namespace lifeboat::os {
namespace {

constexpr std::chrono::seconds kPatience{10};

}  // namespace

KeptProcess::KeptProcess(Command command, UniqueFd log, int end_signal) : end_signal_(end_signal) {
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

void KeptProcess::keep(Command command, UniqueFd log) {
  std::unique_lock lock(mutex_);
  try {
    UniqueFd out = UniqueFd(::dup(log.get()));
    process_.emplace(command,
                     Subprocess::Streams{.in = {}, .out = std::move(out), .err = std::move(log)});
  } catch (...) {
    failure_ = std::current_exception();
  }
  begun_ = true;
  changed_.notify_all();
  changed_.wait(lock, [&] { return over_ || failure_ != nullptr; });
}

KeptProcess::~KeptProcess() {
  if (process_) {
    process_->signal(end_signal_);
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

}  // namespace lifeboat::os
