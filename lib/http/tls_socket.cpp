#include "http/tls_socket.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/deleter.h"
#include "base/error.h"
#include "http/curl_library.h"

namespace lifeboat::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using UrlParts = std::unique_ptr<CURLU, Deleter<curl_url_cleanup>>;

/// So often a stop is looked for while the handshake waits.
constexpr milliseconds kLook{200};

/// Part by part: nothing in a host's name can become another part of the URL.
UrlParts url_of(const std::string& host, std::uint16_t port) {
  UrlParts url(curl_url());
  const bool six = host.find(':') != std::string::npos;
  const std::string named = six ? "[" + host + "]" : host;
  if (!url || curl_url_set(url.get(), CURLUPART_SCHEME, "https", 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_HOST, named.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_PORT, std::to_string(port).c_str(), 0) != CURLUE_OK) {
    throw Error(ErrorKind::usage, "the URL of the server names no host");
  }
  return url;
}

/// As CURLOPT_PINNEDPUBLICKEY takes them. What is no pin would be taken for a file's name.
std::string pin_list(const std::vector<std::string>& pins) {
  // Without any, a pin that no key has: nobody is trusted, and failures before that are told.
  if (pins.empty()) return "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  std::string list;
  for (const std::string& pin : pins) {
    if (!is_key_pin(pin)) throw Error(ErrorKind::usage, "what is pinned is no pin of a key");
    list += (list.empty() ? "" : ";") + pin;
  }
  return list;
}

Error silent() { return {ErrorKind::unavailable, "no TLS connection in time"}; }

}  // namespace

struct TlsSocket::State {
  State(const std::string& host, std::uint16_t port, const TlsTrust& trust, milliseconds timeout)
      : url(url_of(host, port)), multi(curl_multi_init()), easy(curl_easy_init()) {
    if (!multi || !easy) throw Error(ErrorKind::internal, "libcurl makes no handle");
    set(CURLOPT_CURLU, url.get());
    set(CURLOPT_CONNECT_ONLY, 1L);
    set(CURLOPT_PROXY, "");  // not that of the environment
    set(CURLOPT_PROTOCOLS_STR, "https");
    set(CURLOPT_NOSIGNAL, 1L);  // no signals: this process has threads
    set(CURLOPT_SSL_ENABLE_ALPN, 0L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    set(CURLOPT_TCP_KEEPIDLE, 60L);
    set(CURLOPT_TCP_KEEPINTVL, 10L);
    set(CURLOPT_CERTINFO, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout.count()));
    set(CURLOPT_ERRORBUFFER, error_text.data());
#if LIBCURL_VERSION_NUM >= 0x075700
    set(CURLOPT_QUICK_EXIT, 1L);  // a stop does not wait for the resolver
#endif
    set_trust(trust);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { curl_multi_remove_handle(multi.get(), easy.get()); }

  template <typename Value>
  void set(CURLoption option, Value value) {
    if (curl_easy_setopt(easy.get(), option, value) != CURLE_OK) {
      throw Error(ErrorKind::internal, "libcurl refuses option " + std::to_string(option));
    }
  }

  void set_trust(const TlsTrust& trust);
  void connect(const std::stop_token& stop, steady_clock::time_point deadline);
  [[nodiscard]] CURLcode result();
  [[nodiscard]] std::string words(CURLcode code) const;
  [[nodiscard]] Error error_of(CURLcode code) const;
  [[noreturn]] void throw_lost(CURLcode code) const;

  std::array<char, CURL_ERROR_SIZE> error_text{};
  UrlParts url;
  std::unique_ptr<CURLM, Deleter<curl_multi_cleanup>> multi;
  std::unique_ptr<CURL, Deleter<curl_easy_cleanup>> easy;
  // OpenSSL wants a write that it could not end again from the same place with the same length.
  std::vector<std::uint8_t> held = std::vector<std::uint8_t>(64 * 1024);
  std::size_t held_bytes = 0;  ///< of a write that is not done
};

void TlsSocket::State::set_trust(const TlsTrust& trust) {
  const bool verify = trust.mode == TlsMode::verify;
  set(CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
  if (verify && !trust.ca_file.empty()) {
    set(CURLOPT_CAINFO, trust.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  if (trust.mode == TlsMode::pin) {
    set(CURLOPT_PINNEDPUBLICKEY, pin_list(trust.pins).c_str());
  }
}

/// By the multi interface: curl_easy_perform() would look for a stop once a second.
void TlsSocket::State::connect(const std::stop_token& stop, steady_clock::time_point deadline) {
  if (curl_multi_add_handle(multi.get(), easy.get()) != CURLM_OK) {
    throw Error(ErrorKind::internal, "libcurl takes no handle");
  }
  while (true) {
    if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "stopped on request");
    int running = 0;
    if (curl_multi_perform(multi.get(), &running) != CURLM_OK) {
      throw Error(ErrorKind::internal, "libcurl does not run");
    }
    if (running == 0) break;
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) throw silent();
    const auto timeout = static_cast<int>(std::min(left, kLook).count());
    curl_multi_poll(multi.get(), nullptr, 0, timeout, nullptr);
  }
  if (const CURLcode code = result(); code != CURLE_OK) throw error_of(code);
}

CURLcode TlsSocket::State::result() {
  int left = 0;
  const CURLMsg* const message = curl_multi_info_read(multi.get(), &left);
  if (message == nullptr || message->msg != CURLMSG_DONE) {
    throw Error(ErrorKind::internal, "libcurl does not say what became of the connection");
  }
  return message->data.result;
}

std::string TlsSocket::State::words(CURLcode code) const {
  return error_text[0] != '\0' ? error_text.data() : curl_easy_strerror(code);
}

Error TlsSocket::State::error_of(CURLcode code) const {
  switch (static_cast<int>(code)) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return {ErrorKind::not_found, "the host cannot be found: " + words(code)};
    case CURLE_OPERATION_TIMEDOUT:
      return silent();
    case CURLE_COULDNT_CONNECT:
      return {ErrorKind::unavailable, "connect: " + words(code)};
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return {ErrorKind::denied, "the server's key is none of those that are pinned"};
    case CURLE_SSL_CACERT_BADFILE:
      return {ErrorKind::usage, "the file of authorities cannot be read"};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return {ErrorKind::denied, "the server's certificate is not to be trusted: " + words(code)};
    default:
      return {ErrorKind::unavailable, "no TLS connection: " + words(code)};
  }
}

void TlsSocket::State::throw_lost(CURLcode code) const {
  throw Error(ErrorKind::unavailable, "the connection is lost: " + words(code));
}

TlsSocket::TlsSocket(const std::string& host, std::uint16_t port, const TlsTrust& trust,
                     const std::stop_token& stop, milliseconds timeout) {
  const auto deadline = steady_clock::now() + timeout;
  start_curl();
  state_ = std::make_unique<State>(host, port, trust, timeout);
  state_->connect(stop, deadline);
}

TlsSocket::TlsSocket(TlsSocket&&) noexcept = default;
TlsSocket& TlsSocket::operator=(TlsSocket&&) noexcept = default;
TlsSocket::~TlsSocket() = default;

std::size_t TlsSocket::write_some(ByteView bytes) {
  State& state = *state_;
  if (state.held_bytes == 0) {
    state.held_bytes = std::min(bytes.size(), state.held.size());
    std::copy_n(bytes.begin(), state.held_bytes, state.held.begin());
  }
  if (state.held_bytes == 0) return 0;
  std::size_t count = 0;
  const CURLcode code =
      curl_easy_send(state.easy.get(), state.held.data(), state.held_bytes, &count);
  if (code == CURLE_AGAIN) return 0;
  if (code != CURLE_OK) state.throw_lost(code);
  state.held_bytes = 0;
  return count;
}

std::size_t TlsSocket::read_some(MutableByteView buffer) {
  std::size_t count = 0;
  const CURLcode code = curl_easy_recv(state_->easy.get(), buffer.data(), buffer.size(), &count);
  if (code == CURLE_AGAIN) return 0;
  if (code != CURLE_OK) state_->throw_lost(code);
  if (count == 0) throw Error(ErrorKind::unavailable, "the server closed the connection");
  return count;
}

int TlsSocket::descriptor() const {
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(state_->easy.get(), CURLINFO_ACTIVESOCKET, &socket);
  if (socket == CURL_SOCKET_BAD) {
    throw Error(ErrorKind::unavailable, "the server closed the connection");
  }
  return socket;
}

std::string TlsSocket::certificate() const {
  const curl_certinfo* chain = nullptr;
  curl_easy_getinfo(state_->easy.get(), CURLINFO_CERTINFO, &chain);
  constexpr std::string_view kMark = "Cert:";
  if (chain != nullptr && chain->num_of_certs > 0) {
    for (const curl_slist* line = chain->certinfo[0]; line != nullptr; line = line->next) {
      const std::string_view text(line->data);
      if (text.starts_with(kMark)) return std::string(text.substr(kMark.size()));
    }
  }
  throw Error(ErrorKind::internal, "libcurl does not show the server's certificate");
}

}  // namespace lifeboat::http
