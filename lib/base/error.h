#ifndef LIFEBOAT_BASE_ERROR_H_
#define LIFEBOAT_BASE_ERROR_H_

#include <exception>
#include <string>
#include <string_view>

namespace lifeboat {

/// What the caller can do about a failure; each kind has one exit code (docs/exit-codes.md).
enum class ErrorKind {
  usage,        ///< the command line or the configuration is wrong
  not_found,    ///< a thing that was named does not exist
  busy,         ///< somebody else holds it; try again later
  denied,       ///< credentials, keys or rights do not suffice
  corrupt,      ///< stored or received bytes are not what was written
  unavailable,  ///< could not be reached, or went away; a retry can help
  stale,        ///< older than something already seen: rolled back, forked or hidden
  refused,      ///< a safety rule forbids it
  cancelled,    ///< the operator or the platform asked us to stop
  internal,     ///< a defect of lifeboat, or a failure with no better kind
};

/// The kind's name as it stands in JSON (`.error.kind`).
[[nodiscard]] std::string_view name_of(ErrorKind kind) noexcept;

/// The one exception class. Messages are lower case, have no full stop and hold no secret.
/// Context is added once per module: "read public.orders: connection lost".
class Error final : public std::exception {
 public:
  Error(ErrorKind kind, std::string message);
  Error(ErrorKind kind, std::string message, std::string hint);

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  /// What to do next, or empty. Printed on a line of its own: "hint: ...".
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }
  /// What was kept in spite of the failure, or empty. Printed as "kept: ...".
  [[nodiscard]] const std::string& kept() const noexcept { return kept_; }
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

  /// Puts "doing: " in front of the message.
  Error& add_context(std::string_view doing);
  /// Sets the hint unless a more specific one is there already.
  Error& add_hint(std::string_view hint);
  Error& add_kept(std::string_view kept);

 private:
  ErrorKind kind_;
  std::string message_;
  std::string hint_;
  std::string kept_;
};

/// Runs `work` and adds "doing: " to an Error that leaves it.
template <typename Work>
decltype(auto) with_context(std::string_view doing, Work&& work) {
  try {
    return work();
  } catch (Error& error) {
    error.add_context(doing);
    throw;
  }
}

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_ERROR_H_
