#include "cli/proof_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <memory>

#include "base/error.h"
#include "cli/json.h"
#include "os/file.h"
#include "os/unique_fd.h"

namespace lifeboat::cli {
namespace {

constexpr int kBetweenLooksMilliseconds = 100;

std::string_view name_of(verify::Moment::What what) {
  switch (what) {
    case verify::Moment::What::scratch:
      return "scratch";
    case verify::Moment::What::restored:
      return "restored";
    case verify::Moment::What::compared:
      return "compared";
  }
  return "compared";
}

void await_answer(int descriptor, const std::stop_token& stop) {
  pollfd waiting = {.fd = descriptor, .events = POLLIN, .revents = 0};
  while (::poll(&waiting, 1, kBetweenLooksMilliseconds) <= 0) {
    if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "interrupted");
  }
  char byte = 0;
  while (::read(descriptor, &byte, 1) == 1 && byte != '\n') {
  }
}

}  // namespace

std::function<void(const verify::Moment&)> watch_proof(int descriptor, std::stop_token stop) {
  if (::fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) {
    throw Error(ErrorKind::usage, "--watch names a descriptor that is not open");
  }
  auto owned = std::make_shared<os::UniqueFd>(descriptor);  // by the copies of the function below
  return [owned, stop](const verify::Moment& moment) {
    const Json line = {{"moment", name_of(moment.what)},
                       {"source", moment.source},
                       {"kind", moment.kind},
                       {"url", moment.url.reveal()}};
    os::write_all(owned->get(), as_bytes(line.dump() + "\n"));
    if (moment.what == verify::Moment::What::compared) await_answer(owned->get(), stop);
  };
}

}  // namespace lifeboat::cli
